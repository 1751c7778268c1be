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
  unlinked_by_hand: 'A person removed this link; link the record by hand to undo that.',
  archived: 'HubSpot no longer has it; if it was deleted, restore it there to link it again.',
  closed_deal: 'It was closed before the meeting began, and the setting “Only open deals” is on.',
  other_pipeline: 'Its pipeline is not among those of the setting “Deal pipelines”.',
  beyond_max_deals: 'The setting “Link at most this many deals” limits the links to newer deals.',
  late_link:
    'It was associated later than the setting “Link deals added within” allows; link it by hand if it belongs here.',
  late_match:
    'They were added to HubSpot later than the setting “Link people added to HubSpot within” allows; sync the meeting again to match them.',
  internal: 'A colleague: colleagues are never looked up in HubSpot.',
  no_address: 'Without an e-mail address, a participant cannot be matched.',
  no_phone_match: 'They have no e-mail address, and no contact has this phone number.',
  several_contacts: 'Several contacts have this phone number, so none of them is chosen; link the right one by hand.',
  free_mail: 'No contact has this address, and a free-mail domain says nothing about a company.',
  no_crm_match: 'No contact has this address, and no company has its domain.',
  shared_mailbox:
    'Several people read this mailbox: it is matched only to a contact with exactly this address, and no contact is created for it.',
  room: 'A room, calendar or dial-in line is not a person and is never matched.',
  notetaker: 'A notetaker or recorder is not a person and is never matched.',
  automatic_sender:
    'A mailbox that only sends, or that belongs to a mail server, is not a person and is never matched.',
  mailing_list: 'A mailing list is not a person and is never matched.',
  excluded: 'The settings “Ignore these domains” and “Ignore these addresses” exclude this address.',
  would_be_created: 'No contact has this address: the sync creates one and links it.',
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

/** A record that is not linked, and why. @param from - the record that would have led to it (`@default null`) */
export function recordLeftOut(
  rule: LeftOutRule,
  { objectType, id }: RecordRef,
  from: RecordRef | null = null,
): LeftOut {
  return { rule, message: SENTENCES[rule], record: { objectType, id }, from, person: null };
}

/** A person who is not matched, and why. */
export function personLeftOut(rule: LeftOutRule, { email, name }: UnmatchedPerson): LeftOut {
  return { rule, message: SENTENCES[rule], record: null, from: null, person: { email, name } };
}
