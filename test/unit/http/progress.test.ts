import { expect, test } from '@jest/globals';
import { backfillProgress, progressOf } from '../../../src/http/pages/meetings/progress';
import { inLanguage } from '../../../src/languages/language';
import type { BackfillSummary } from '../../../src/meeting/backfill';
import { reasons } from '../../../src/meeting/reasons';

test.each([
  [{ meetings: 0, waiting: 0, perMinute: 0 }, null],
  [{ meetings: 1, waiting: 0, perMinute: 0 }, 'Syncing 1 meeting.'],
  [{ meetings: 49, waiting: 0, perMinute: 30 }, 'Syncing 49 meetings, about 2 minutes left.'],
  [
    { meetings: 2_000, waiting: 500, perMinute: 10 },
    'Syncing 2,000 meetings, about 3 hours left. 500 of them wait for HubSpot.',
  ],
  [{ meetings: 2, waiting: 1, perMinute: 0 }, 'Syncing 2 meetings. 1 of them waits for HubSpot.'],
  [{ meetings: 3, waiting: 3, perMinute: 10 }, '3 meetings are waiting for HubSpot.'],
  [{ meetings: 1, waiting: 1, perMinute: 10 }, '1 meeting is waiting for HubSpot.'],
])('progress of the meetings %j', (underWay, text) => {
  expect(progressOf(underWay)).toBe(text);
});

const running: BackfillSummary = {
  backfillId: 'b1',
  state: 'running',
  paused: false,
  createdAt: '2026-11-03T09:00:00Z',
  finishedAt: null,
  meetings: 72,
  left: 60,
  counts: null,
  faultyLines: 0,
  linesWithWarnings: 0,
  forecast: null,
  held: null,
};
const none = { accepted: 0, syncing: 0, waiting: 0, needs_attention: 0, synced: 0, skipped: 0, deleted: 0 };
const finished: Partial<BackfillSummary> = { finishedAt: '2026-11-03T10:00:00Z', left: 0 };

test.each<[Partial<BackfillSummary>, string, string | null]>([
  [{}, 'Import: 12 of 72 meetings.', null],
  [{ forecast: { meetingsPerMinute: 30, finishesAt: '' } }, 'Import: 12 of 72 meetings, about 2 minutes left.', null],
  [{ paused: true, forecast: null }, 'Import: 12 of 72 meetings. Paused.', null],
  [
    { held: reasons.not_connected() },
    'Import: 12 of 72 meetings. Waiting.',
    `${reasons.not_connected().message} ${reasons.not_connected().action}`,
  ],
  [
    { ...finished, state: 'done', counts: { ...none, synced: 60, skipped: 12 }, faultyLines: 1 },
    'Import finished on Tue 3 Nov, 10:00: 72 meetings. On timeline: 60. Skipped: 12.',
    '1 line could not be read.',
  ],
  [
    { ...finished, state: 'stopped', counts: { ...none, synced: 40 } },
    'Import stopped on Tue 3 Nov, 10:00, after 40 of 72 meetings.',
    null,
  ],
  [
    { ...finished, state: 'done', meetings: 0, counts: none, faultyLines: 72 },
    'Import finished on Tue 3 Nov, 10:00: 0 meetings.',
    '72 lines could not be read.',
  ],
])('progress of a backfill %j', (change, text, notice) => {
  expect(backfillProgress({ ...running, ...change }, 'UTC')).toMatchObject({ text, notice });
});

test('progress is in the language of the request', () => {
  const inSpanish = (change: Partial<BackfillSummary>) =>
    inLanguage('es', () => backfillProgress({ ...running, ...change }, 'UTC'));
  expect([
    inLanguage('es', () => progressOf({ meetings: 20_000, waiting: 1, perMinute: 10_000 })),
    inSpanish({ meetings: 1, left: 1 }).text,
    inSpanish({ ...finished, state: 'done', counts: { ...none, synced: 72 }, faultyLines: 1 }).text,
    inSpanish({ ...finished, state: 'done', faultyLines: 1 }).notice,
  ]).toEqual([
    'Sincronizando 20.000 reuniones; tiempo restante aproximado: 2 minutos. 1 de ellas espera a HubSpot.',
    'Importación: 0 de 1 reunión.',
    expect.stringMatching(/^Importación terminada el mar 3 nov, 10:00: 72 reuniones\. .+: 72\.$/),
    'No se pudo leer 1 línea.',
  ]);
});
