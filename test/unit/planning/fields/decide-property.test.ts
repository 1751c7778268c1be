import { expect, test } from '@jest/globals';
import type { FieldMapping, FieldPolicy } from '../../../../src/meeting/fields/mapping';
import { waitsForNewer } from '../../../../src/planning/fields/decide-property';
import type { StoredCandidate } from '../../../../src/store/fields/ledger';

const mapping = (policy: FieldPolicy): FieldMapping => ({
  field: 'next_step',
  objectType: 'contacts',
  property: 'step',
  policy,
});
const known = (meetingId: string, startedAt: number, field = 'next_step'): StoredCandidate => ({
  meetingId,
  startedAt,
  property: 'step',
  field,
  fits: 'A',
  quote: null,
  startSeconds: null,
  decision: null,
});
const WRITE = { do: 'write', meetingId: 'old', value: 'A', before: null } as const;
const due = (meetingId: string, startedAt: number) => [{ meetingId, startedAt }];

test.each<[string, FieldPolicy, readonly StoredCandidate[], ReturnType<typeof due>, boolean]>([
  ['a newer meeting whose value is not known', 'if_empty', [known('old', 1)], due('new', 2), true],
  [
    'a newer meeting whose value is of another field',
    'if_empty',
    [known('old', 1), known('new', 2, 'x')],
    due('new', 2),
    true,
  ],
  ['a newer meeting whose value is known', 'if_empty', [known('old', 1), known('new', 2)], due('new', 2), false],
  ['an older meeting', 'if_empty', [known('old', 1)], due('older', 0), false],
  ['the meeting itself', 'if_empty', [known('old', 1)], due('old', 1), false],
  ['a value that is replaced later', 'ours', [known('old', 1)], due('new', 2), false],
])('a write waits for %s (%s)', (_what, policy, candidates, meetings, expected) => {
  const facts = { mapping: mapping(policy), due: meetings };
  expect(waitsForNewer(WRITE, { candidates, writes: [] }, facts)).toBe(expected);
});
