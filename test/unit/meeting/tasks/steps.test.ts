import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchSteps, stepsOf, type KnownTask } from '../../../../src/meeting/tasks/steps';

type Given = { readonly text: string; readonly id?: string };

const texts = (steps: readonly Given[]) => stepsOf(steps).map(({ step }) => step.text);

/** The tasks after a pass that creates what is missing and archives what was dropped. */
function passed(steps: readonly Given[], tasks: readonly KnownTask[]): KnownTask[] {
  return matchSteps(stepsOf(steps), tasks).steps.map(({ step, kind }) => ({
    kind,
    stepId: step.stepId,
    textKey: step.textKey,
  }));
}

const kindsOf = (tasks: readonly KnownTask[]) => tasks.map(({ kind }) => kind);

describe('each step counts once', () => {
  test.each<[string, Given[], string[]]>([
    ['different texts', [{ text: 'Send it' }, { text: 'Call' }], ['Send it', 'Call']],
    ['a text in another case', [{ text: 'Send it' }, { text: 'SEND IT' }], ['Send it']],
    ['other blanks and lines', [{ text: 'Send  the\noffer' }, { text: ' send the\u00a0offer ' }], ['Send  the\noffer']],
    ['letters with one capital', [{ text: 'Straße' }, { text: 'STRASSE' }], ['Straße']],
    ['invisible characters', [{ text: 'Send it' }, { text: 'Se\u200bnd it' }], ['Send it']],
    ['words that only a blank separates', [{ text: 'on site' }, { text: 'onsite' }], ['on site', 'onsite']],
    [
      'one id, the first counts',
      [
        { id: 'a', text: 'One' },
        { id: 'a', text: 'Two' },
      ],
      ['One'],
    ],
    [
      'ids of another case are other ids',
      [
        { id: 'a', text: 'One' },
        { id: 'A', text: 'Two' },
      ],
      ['One', 'Two'],
    ],
    [
      'one text with two ids',
      [
        { id: 'a', text: 'Call' },
        { id: 'b', text: 'Call' },
      ],
      ['Call', 'Call'],
    ],
    ['a text without an id beside one with an id', [{ text: 'call' }, { id: 'a', text: 'Call' }], ['Call']],
  ])('%s', (_, steps, kept) => {
    expect(texts(steps)).toEqual(kept);
  });
});

describe('a step keeps its task', () => {
  test.each<[string, Given[], Given[]]>([
    ['by its id when the text changes', [{ id: 'a', text: 'One' }], [{ id: 'a', text: 'Two' }]],
    ['by its text in another case', [{ text: 'Send it' }], [{ text: 'SEND  it' }]],
    ['by its text when ids begin', [{ text: 'Send it' }], [{ id: 'a', text: 'send it' }]],
    ['by its text when ids cease', [{ id: 'a', text: 'Send it' }], [{ text: 'send it' }]],
  ])('%s', (_, before, after) => {
    const first = passed(before, []);
    expect(kindsOf(passed(after, first))).toEqual(kindsOf(first));
  });

  test.each<[string, Given[], Given[]]>([
    ['another text without ids', [{ text: 'One' }], [{ text: 'Two' }]],
    ['another id with the same text', [{ id: 'a', text: 'One' }], [{ id: 'b', text: 'One' }]],
  ])('and is another step with %s', (_, before, after) => {
    const first = passed(before, []);
    const { steps, dropped } = matchSteps(stepsOf(after), first);
    expect(steps.map(({ known }) => known)).toEqual([null]);
    expect(dropped).toEqual(first);
  });

  test('a new step does not get the task of a step that had its text before', () => {
    const first = passed([{ text: 'Call' }], []);
    const named = passed([{ id: 'a', text: 'Call' }], first);
    const changed = passed([{ id: 'a', text: 'Write' }], named);
    const both = passed([{ id: 'a', text: 'Write' }, { text: 'Call' }], changed);
    expect(kindsOf(both)[0]).toBe(kindsOf(first)[0]);
    expect(new Set(kindsOf(both)).size).toBe(2);
  });
});

const step = fc.record(
  {
    text: fc.constantFrom('Call', 'call', 'CALL ', 'Send  it', 'send it', 'Écris', 'écris'),
    id: fc.constantFrom('a', 'b', 'c'),
  },
  { requiredKeys: ['text'] },
);

test('after any passes, a run again in another order, case and spacing keeps every task', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 6 }),
      fc.func(fc.nat()),
      (passes, place) => {
        const tasks = passes.reduce<KnownTask[]>((known, steps) => passed(steps, known), []);
        expect(new Set(kindsOf(tasks)).size).toBe(tasks.length);
        const again = (passes.at(-1) ?? [])
          .map((each) => ({ ...each, text: `  ${each.text.toUpperCase()}\n` }))
          // The first of two with one id counts, so those keep their order.
          .map((each, index) => ({ each, key: each.id === undefined ? place(index) : 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const { dropped } = matchSteps(stepsOf(again), tasks);
        expect(dropped).toEqual([]);
        expect(kindsOf(passed(again, tasks)).toSorted()).toEqual(kindsOf(tasks).toSorted());
      },
    ),
  );
});

test('a step with an id keeps its task through any changes of other steps', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 6 }), (passes) => {
      let tasks: KnownTask[] = [];
      let kind: string | undefined;
      for (const [index, others] of passes.entries()) {
        tasks = passed([{ id: 'ours', text: `Text ${index}` }, ...others], tasks);
        const ours = tasks.find(({ stepId }) => stepId === 'ours')?.kind;
        kind ??= ours;
        expect(ours).toBe(kind);
      }
    }),
  );
});
