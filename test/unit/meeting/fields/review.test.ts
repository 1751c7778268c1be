import { describe, expect, test } from '@jest/globals';
import type { FieldMapping } from '../../../../src/meeting/fields/mapping';
import type { PropertyDefinition } from '../../../../src/meeting/fields/property';
import {
  endingOf,
  decideAcceptance,
  REVIEW_REASONS,
  type AcceptanceQuestion,
} from '../../../../src/meeting/fields/review';

const mapping = (change: Partial<FieldMapping> = {}): FieldMapping => ({
  field: 'role',
  objectType: 'contacts',
  property: 'jobtitle',
  policy: 'review',
  ...change,
});
const text: PropertyDefinition = {
  name: 'jobtitle',
  label: 'Job title',
  type: 'string',
  fieldType: 'text',
  options: [],
  writable: true,
};
const list: PropertyDefinition = {
  ...text,
  type: 'enumeration',
  fieldType: 'checkbox',
  options: [
    { value: 'A', label: 'First' },
    { value: 'B', label: 'Second' },
  ],
};

describe('accepted', () => {
  const ask = (change: Partial<AcceptanceQuestion>): AcceptanceQuestion => ({
    review: { objectType: 'contacts', property: 'jobtitle', field: 'role', present: 'Director', proposed: 'CEO' },
    mappings: [mapping()],
    definition: text,
    record: { present: 'Director', isClosed: false },
    given: undefined,
    ...change,
  });
  const ended = (reason: keyof typeof REVIEW_REASONS) => ({ is: 'ended', reason: REVIEW_REASONS[reason] });
  const review = (proposed: string) => ({ ...ask({}).review, proposed });

  test.each<[string, Partial<AcceptanceQuestion>, object]>([
    ['as proposed', {}, { is: 'accepted', value: 'CEO' }],
    ['edited', { given: 'Founder' }, { is: 'accepted', value: 'Founder' }],
    ['edited to nothing', { given: ' ' }, { is: 'invalid', why: expect.stringContaining('refuse') }],
    ['edited to what does not fit', { definition: list, given: 'C' }, { is: 'invalid' }],
    ['several options', { definition: list, review: review('A;B') }, { is: 'accepted', value: 'A;B' }],
    ['several options by their labels', { definition: list, given: ['second'] }, { is: 'accepted', value: 'B' }],
    ['an option that is gone', { definition: list, review: review('C') }, { is: 'invalid' }],
    ['no mapping', { mappings: [] }, ended('unmapped')],
    ['a mapping of another field', { mappings: [mapping({ field: 'status' })] }, ended('unmapped')],
    ['another policy', { mappings: [mapping({ policy: 'ours' })] }, ended('unreviewed')],
    ['no record', { record: null }, ended('gone')],
    ['a closed deal', { record: { present: 'Director', isClosed: true } }, ended('closed')],
    ['no property', { definition: null }, { is: 'ended', reason: expect.stringContaining('no such property') }],
    ['a read-only property', { definition: { ...text, writable: false } }, { is: 'ended' }],
    [
      'a value that a person changed meanwhile',
      { record: { present: 'Founder', isClosed: false } },
      { is: 'changed', present: 'Founder' },
    ],
    [
      'a value that a person cleared meanwhile',
      { record: { present: null, isClosed: false } },
      { is: 'changed', present: null },
    ],
    ['the same value in HubSpot', { record: { present: 'CEO', isClosed: false } }, { is: 'accepted' }],
  ])('%s', (_name, change, expected) => {
    expect(decideAcceptance(ask(change))).toMatchObject(expected);
  });
});

describe('ending', () => {
  const pending = { property: 'jobtitle', field: 'role', meetingId: 'm', proposed: 'CEO', isAccepted: false };
  const accepted = { ...pending, isAccepted: true };
  const candidate = { meetingId: 'm', fits: 'CEO', reason: null };
  const decided = { action: 'suggest', policy: 'review' } as const;

  test.each<[string, Parameters<typeof endingOf>, string | null]>([
    ['suggested', [pending, [candidate], decided], null],
    ['suggested with another value', [pending, [{ ...candidate, fits: 'CTO' }], decided], null],
    ['not linked', [pending, [], decided], REVIEW_REASONS.unlinked],
    ['without a value', [pending, [{ ...candidate, fits: null }], decided], REVIEW_REASONS.noValue],
    ['a value that no longer fits', [pending, [{ ...candidate, fits: null, reason: 'No.' }], decided], 'No.'],
    ['no mapping', [pending, [candidate], { ...decided, policy: null }], REVIEW_REASONS.unmapped],
    ['another policy', [accepted, [candidate], { ...decided, policy: 'ours' }], REVIEW_REASONS.unreviewed],
    ['the same value', [pending, [candidate], { ...decided, action: 'keep' }], REVIEW_REASONS.same],
    ['a closed deal', [accepted, [candidate], { ...decided, action: 'closed' }], REVIEW_REASONS.closed],
    ['accepted', [accepted, [candidate], { ...decided, action: 'write' }], null],
    ['accepted, then changed', [accepted, [{ ...candidate, fits: 'CTO' }], decided], REVIEW_REASONS.otherValue],
    ['refused before', [pending, [candidate], { ...decided, action: 'refusedByPerson' }], REVIEW_REASONS.refusedBefore],
    ['not due', [pending, [candidate], { ...decided, action: 'putBack' }], REVIEW_REASONS.notDue],
  ])('%s', (_name, given, expected) => {
    expect(endingOf(...given)).toBe(expected);
  });
});
