import { expect, test } from '@jest/globals';
import { recordAnswer, type RecordFacts } from '../../../src/http/records/record-answer';

const there: RecordFacts = {
  connection: 'connected',
  otherPortal: null,
  state: 'there',
  objectType: 'contacts',
  typeIsLinked: true,
  linked: 0,
  refused: null,
  unlinked: 0,
  candidate: null,
};
const reason = (code: 'meeting_excluded' | 'no_crm_match' | 'reauthorize') => ({
  code,
  message: 'What happened.',
  action: 'What to do.',
});
const candidate = (given: Partial<NonNullable<RecordFacts['candidate']>>) => ({
  candidate: { status: 'synced', reason: null, leftOut: null, ...given } as const,
});

test.each<[Partial<RecordFacts>, string, string | null]>([
  [{ otherPortal: 99 }, 'belongs to HubSpot account 99', 'integrations'],
  [{ otherPortal: 99, connection: 'reauthorize', linked: 1 }, 'belongs to HubSpot account 99', 'integrations'],
  [{ connection: 'none' }, 'not connected', 'connect'],
  [{ objectType: '0-5', linked: 1 }, 'never linked to records of this type', null],
  [{ objectType: 'notes' }, 'comes from no meeting', null],
  [{ linked: 1 }, 'One meeting is on this timeline.', null],
  [{ linked: 3, connection: 'reauthorize', unlinked: 1, state: 'unread' }, '3 meetings are on this timeline.', null],
  [{ state: 'merged' }, 'merged into another record', 'merged'],
  [{ state: 'gone', unlinked: 1 }, 'does not have this record', null],
  [{ connection: 'reauthorize', state: 'unread' }, 'disconnected us', 'reconnect'],
  [{ unlinked: 1 }, 'removed the link to its meeting', 'meeting'],
  [{ unlinked: 2 }, 'removed the links to 2 meetings', 'meeting'],
  [{ refused: 'Limit reached.' }, 'refused the link: Limit reached.', 'meeting'],
  [candidate({ status: 'accepted' }), 'on its way', 'meeting'],
  [candidate({ status: 'waiting', reason: reason('reauthorize') }), 'on its way', 'meeting'],
  [candidate({ status: 'needs_attention', reason: reason('reauthorize') }), 'needs you', 'meeting'],
  [candidate({ status: 'skipped', reason: reason('meeting_excluded') }), 'is skipped', 'meeting'],
  [
    candidate({ status: 'skipped', reason: reason('no_crm_match'), leftOut: { rule: 'late_match', message: 'Late.' } }),
    'Late.',
    'meeting',
  ],
  [candidate({ leftOut: { rule: 'closed_deal', message: 'Closed.' } }), 'Closed.', 'linking'],
  [candidate({}), 'not linked to it yet', 'meeting'],
  [{ objectType: '2-1', typeIsLinked: false, ...candidate({}) }, 'do not link custom objects', 'linking'],
  [{ objectType: '2-1', typeIsLinked: false }, 'do not link custom objects', 'linking'],
  [{ state: 'unread' }, 'No meeting is linked to it.', null],
  [{}, 'No meeting with this person has come in.', 'search'],
  [{ objectType: 'companies' }, 'No meeting with someone of this company', 'search'],
  [{ objectType: 'deals' }, 'None of its contacts and companies took part', 'search'],
  [{ objectType: '2-1' }, 'No linked contact, company or deal', 'search'],
])('%j', (facts, sentence, remedy) => {
  const answer = recordAnswer({ ...there, ...facts });
  expect([answer.sentence, answer.remedy]).toEqual([expect.stringContaining(sentence), remedy]);
  expect(answer.isHere).toBe(
    (facts.linked ?? 0) > 0 && facts.otherPortal === undefined && facts.objectType === undefined,
  );
});
