import { expect, test } from '@jest/globals';
import { PassAnswers } from '../../../src/planning/kept-searches';
import type { SearchedAnswer } from '../../../src/store/mirror/searched-answers';

const answer = (key: string): SearchedAnswer => ({ kind: 'email', key, records: [], askedMsAgo: 5 });

test('the answers of an earlier attempt are found, of none are those undefined that were not asked', () => {
  const record = { id: '7', properties: { createdate: '2026-11-01T00:00:00Z' } };
  const answers = new PassAnswers(
    [
      { kind: 'email', key: 'a@x.example', records: [record] },
      { kind: 'domain', key: 'x.example', records: [] },
    ],
    () => Promise.resolve(),
  );
  expect(answers.find('email', 'a@x.example')).toEqual([{ ...record, archived: false }]);
  expect(answers.find('domain', 'x.example')).toEqual([]);
  expect(answers.find('email', 'x.example')).toBeUndefined();
});

/** Resolves after the immediates that are set by now. */
const laterTurn = async () => await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('the answers of one search are saved together, and all of them before the attempt ends', async () => {
  const saved: string[][] = [];
  const answers = new PassAnswers([], (some) => {
    saved.push(some.map(({ key }) => key));
    return Promise.resolve();
  });
  for (const key of ['a', 'b']) answers.keep(answer(key));
  await laterTurn();
  answers.keep(answer('c'));
  await answers.saved();
  expect(saved).toEqual([['a', 'b'], ['c']]);
});

test('answers that could not be saved are saved at the end, which fails where that fails too', async () => {
  const saved: string[] = [];
  const failures = [new Error('away')];
  const answers = new PassAnswers([], (some) => {
    const failure = failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    saved.push(...some.map(({ key }) => key));
    return Promise.resolve();
  });
  answers.keep(answer('a'));
  await laterTurn();
  await answers.saved();
  expect(saved).toEqual(['a']);
  failures.push(new Error('away'), new Error('away'));
  answers.keep(answer('b'));
  await expect(answers.saved()).rejects.toThrow('away');
});
