import { expect, test } from '@jest/globals';
import { historyOf } from '../../../src/http/pages/meeting/history-models';
import { inLanguage } from '../../../src/languages/language';
import type { SyncStep } from '../../../src/store/meetings/sync-passes';

const startedAt = new Date('2026-11-03T09:00:00Z');

/** A step of 1.5 seconds, unless `changes` say otherwise. */
function step(changes: Partial<SyncStep>): SyncStep {
  return {
    activity: 'associate',
    tries: 1,
    startedAt,
    endedAt: new Date('2026-11-03T09:00:01.500Z'),
    done: {},
    failure: null,
    requests: [],
    requestsLeftOut: 0,
    ...changes,
  };
}

/** The steps' names and results in a language. */
function shown(code: string, steps: readonly SyncStep[]): string[] {
  const pass = { runId: 'r', workflowId: null, startedAt, endedAt: null, outcome: null, reason: null, steps };
  const place = { workflowId: 'w', ui: { temporalUiUrl: 'http://localhost', namespace: 'n' }, timeZone: 'UTC' };
  return inLanguage(code, () =>
    historyOf([pass], place).flatMap((line) => [line.outcome.word, ...line.steps.map(textOf)]),
  );
}

function textOf({ name, result }: { readonly name: string; readonly result: string }): string {
  return `${name}: ${result}`;
}

test.each<[string, Partial<SyncStep>, string, string]>([
  ['counts', { done: { added: 2_000, removed: 1, refused: 0 } }, '2,000 added, 1 removed', '2000 añadidas, 1 quitada'],
  ['one link', { activity: 'expandCascades', done: { links: 1 } }, '1 link', '1 vínculo'],
  ['a write', { activity: 'writeSummary', done: { written: 'taken_back' } }, 'removed', 'actividad quitada'],
  ['facts for programs', { done: { portalId: 7, begunAt: '2026-11-03', rewrites: 1, rewrite: true } }, 'done', 'hecho'],
  ['an unknown write', { done: { written: 'other' } }, 'done', 'hecho'],
  ['a failure', { done: null, failure: 'No' }, 'failed', 'con error'],
])('the result of a step: %s', (_name, changes, english, spanish) => {
  expect(shown('en', [step(changes)])[1]).toMatch(new RegExp(`: ${english} · 1\\.5 s$`));
  expect(shown('es', [step(changes)])[1]).toMatch(new RegExp(`: ${spanish} · 1,5 s$`));
});

test('steps have names, and those of other versions keep theirs', () => {
  const steps = [step({ tries: 3 }), step({ activity: 'somethingNew' })];
  expect(shown('en', steps)).toEqual([
    'Running',
    'Update the associations: done · 1.5 s · 3 tries',
    'somethingNew: done · 1.5 s',
  ]);
  expect(shown('es', steps)).toEqual([
    'En curso',
    'Actualizar las asociaciones: hecho · 1,5 s · 3 intentos',
    'somethingNew: hecho · 1,5 s',
  ]);
});
