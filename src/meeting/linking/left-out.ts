import type { RecordRef } from './cascade';
import { NO_PERSON_KINDS } from '../people/no-people';
import type { UnmatchedPerson } from '../status';

/** Why a record or a person of a meeting is not linked. */
export const LEFT_OUT_RULES = [
  'unlinked_by_hand',
  'archived',
  'closed_deal',
  'other_pipeline',
  'beyond_max_deals',
  'late_link',
  'late_match',
  'internal',
  'no_address',
  'no_phone_match',
  'several_contacts',
  'free_mail',
  'no_crm_match',
  'shared_mailbox',
  ...NO_PERSON_KINDS,
  'would_be_created',
] as const;
export type LeftOutRule = (typeof LEFT_OUT_RULES)[number];

/** Each sentence states what happened, and what to do where something can be done. */
const SENTENCES: Record<LeftOutRule, string> = {
  unlinked_by_hand: 'A person unlinked it; link it by hand to take that back.',
  archived: 'HubSpot does not have it (any more). If it was deleted, restore it there to have it linked again.',
  closed_deal: 'It was closed before the meeting began, and the setting openDealsOnly is on.',
  other_pipeline: 'Its pipeline is not among those of the setting dealPipelines.',
  beyond_max_deals: 'Newer deals take the places that the setting maxDeals gives.',
  late_link: 'It was associated later than the setting lateLinkDays allows; link it by hand if it belongs here.',
  late_match:
    'They became known in HubSpot later than the setting lateMatchDays allows; run the meeting again to match them.',
  internal: 'Internal participants are never matched: marked so, or of one of the own domains.',
  no_address: 'Without an e-mail address, a participant cannot be matched.',
  no_phone_match: 'Neither an address nor a contact with this phone number is known.',
  several_contacts: 'Several contacts have this phone number, so none of them is chosen; link the right one by hand.',
  free_mail: 'No contact has this address, and a free-mail domain says nothing about a company.',
  no_crm_match: 'No contact has this address, and no company has its domain.',
  shared_mailbox:
    'Several people read this mailbox: it is matched only as the contact that has exactly this address, never by its domain, and no contact is made of it.',
  room: 'A room, a calendar or a line into a meeting is no person, and is never matched.',
  notetaker: 'A notetaker or recorder is no person, and is never matched.',
  automatic_sender: 'A mailbox that only sends, or that belongs to a mail server, is no person, and is never matched.',
  mailing_list: 'A mailing list is no person, and is never matched.',
  excluded: 'The settings excludedDomains and excludedAddresses exclude this address.',
  would_be_created: 'No contact has this address: the sync makes one, and links it.',
};

/** A record that is not linked, or a person who is not matched, and why. */
export type LeftOut = {
  readonly rule: LeftOutRule;
  readonly message: string;
  readonly record: RecordRef | null;
  /** The record that would have led to it. */
  readonly from: RecordRef | null;
  readonly person: UnmatchedPerson | null;
};

export function recordLeftOut(
  rule: LeftOutRule,
  { objectType, id }: RecordRef,
  from: RecordRef | null = null,
): LeftOut {
  return { rule, message: SENTENCES[rule], record: { objectType, id }, from, person: null };
}

export function personLeftOut(rule: LeftOutRule, { email, name }: UnmatchedPerson): LeftOut {
  return { rule, message: SENTENCES[rule], record: null, from: null, person: { email, name } };
}
