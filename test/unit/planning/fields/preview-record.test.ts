import { expect, test } from '@jest/globals';
import type { FieldMapping } from '../../../../src/meeting/fields/mapping';
import { previewRecord, type PreviewedCandidate } from '../../../../src/planning/fields/preview-record';
import { digestOf, type FieldWriteRow, type StoredCandidate } from '../../../../src/store/fields/ledger';

const record = { objectType: 'contacts', id: '1' };
const TEXT = { name: 'step', label: 'Step', type: 'string', fieldType: 'text', options: [], writable: true };
const properties = { byName: new Map([['step', TEXT]]), refused: null };
const mapping: FieldMapping = { field: 'next_step', objectType: 'contacts', property: 'step', policy: 'ours' };

const candidate = (meetingId: string, startedAt: number, fits: string | null): PreviewedCandidate => ({
  record,
  property: 'step',
  field: 'next_step',
  meetingId,
  startedAt,
  value: fits ?? 'too odd',
  fits,
  quote: null,
  startSeconds: null,
  why: fits === null ? 'It does not fit.' : null,
});
const stored = (meetingId: string, startedAt: number, fits: string): StoredCandidate => ({
  ...candidate(meetingId, startedAt, fits),
  decision: null,
});
const write = (meetingId: string, startedAt: number, value: string, before: string | null): FieldWriteRow => ({
  workspace_id: 'w',
  portal_id: 1,
  object_type: 'contacts',
  record_id: '1',
  property: 'step',
  label: null,
  meeting_id: meetingId,
  started_at: new Date(startedAt),
  before,
  written_digest: digestOf(TEXT, value),
  sending_digest: null,
  written_at: new Date(startedAt),
});

interface Case {
  readonly candidates: readonly PreviewedCandidate[];
  readonly present?: string | null;
  readonly gone?: boolean;
  readonly isClosed?: boolean;
  readonly policy?: FieldMapping['policy'];
  readonly known?: readonly StoredCandidate[];
  readonly writes?: readonly FieldWriteRow[];
  readonly previewed?: readonly string[];
}

function preview({ candidates, present = null, gone = false, ...rest }: Case) {
  const found = previewRecord(
    {
      record,
      mappings: [{ ...mapping, policy: rest.policy ?? 'ours' }],
      candidates,
      ledger: { candidates: rest.known ?? [], writes: rest.writes ?? [] },
      present: gone ? null : { step: present },
      isClosed: rest.isClosed ?? false,
      properties,
    },
    new Set(rest.previewed ?? candidates.map(({ meetingId }) => meetingId)),
  );
  return Object.fromEntries(
    found.map(([id, { state, before, after, reason }]) => [id, [state, before, after, reason] as const]),
  );
}

const [older, newer] = [candidate('older', 1, 'A'), candidate('newer', 2, 'B')];
test.each<[string, Case, object]>([
  [
    'the newest of several meetings wins',
    { candidates: [older, newer] },
    {
      newer: ['written', null, 'B', null],
      older: ['older', null, 'B', 'A newer meeting has a value.'],
    },
  ],
  [
    'what a person entered stays',
    { candidates: [newer], present: 'Own' },
    { newer: ['kept', 'Own', 'Own', 'HubSpot has another value, which stays.'] },
  ],
  [
    'always replaces it',
    { candidates: [newer], present: 'Own', policy: 'always' },
    { newer: ['written', 'Own', 'B', null] },
  ],
  ['a review changes nothing yet', { candidates: [newer], policy: 'review' }, { newer: ['review', null, null, null] }],
  [
    'a value that does not fit says why, and an older one counts',
    { candidates: [older, candidate('newer', 2, null)] },
    { newer: ['refused', null, 'A', 'It does not fit.'], older: ['written', null, 'A', null] },
  ],
  ['a closed deal', { candidates: [newer], isClosed: true }, { newer: ['refused', null, null, 'The deal is closed.'] }],
  [
    'a record that is gone',
    { candidates: [newer], gone: true },
    { newer: ['refused', null, null, 'The record is no longer in HubSpot.'] },
  ],
  [
    'a newer meeting that is not previewed',
    {
      candidates: [older],
      present: 'B',
      known: [stored('newer', 2, 'B')],
      writes: [write('newer', 2, 'B', null)],
    },
    { older: ['older', 'B', 'B', 'A newer meeting has a value.'] },
  ],
  [
    'our own value of an older meeting is replaced',
    { candidates: [older, newer], present: 'A', writes: [write('older', 1, 'A', null)] },
    { newer: ['written', 'A', 'B', null], older: ['older', 'A', 'B', 'A newer meeting has a value.'] },
  ],
  [
    'a meeting that is no longer linked puts back what was before',
    { candidates: [], present: 'B', previewed: ['newer'], writes: [write('newer', 2, 'B', 'Own')] },
    { newer: ['written', 'B', 'Own', 'The meeting is no longer linked to this record.'] },
  ],
  [
    'without a meeting that is no longer linked, an older one counts',
    {
      candidates: [older],
      present: 'B',
      previewed: ['older', 'newer'],
      known: [stored('newer', 2, 'B')],
      writes: [write('newer', 2, 'B', 'Own')],
    },
    {
      older: ['written', 'B', 'A', null],
      newer: ['written', 'B', 'A', 'The meeting is no longer linked to this record.'],
    },
  ],
])('%s', (_name, given, expected) => {
  expect(preview(given)).toEqual(expected);
});
