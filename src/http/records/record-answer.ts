import { storedText } from '../../languages/stored-text';
import { message, t } from '../../languages/text';
import type { LeftOut } from '../../meeting/linking/left-out';
import type { SyncReason, SyncStatus } from '../../meeting/status';
import { isActivity } from '../../meeting/object-types';
import { UNDER_WAY } from '../../meeting/status';

/** What is known about a record and its meetings. Everything is about one HubSpot account, unless `otherPortal` is given. */
export interface RecordFacts {
  readonly connection: 'none' | 'reauthorize' | 'connected';
  /** The account that the address names, if it is not the connected one. */
  readonly otherPortal: number | null;
  /** `unread`: HubSpot cannot be asked now. */
  readonly state: 'there' | 'merged' | 'gone' | 'unread';
  readonly objectType: string;
  /** Whether the settings link records of this type. */
  readonly typeIsLinked: boolean;
  /** Meetings that are linked to it, without those whose association HubSpot refused. */
  readonly linked: number;
  /** HubSpot's message about the newest association that it refused; null for none. */
  readonly refused: string | null;
  /** Meetings from which a person unlinked it. */
  readonly unlinked: number;
  /** The newest meeting that would lead to it and is not linked; null for none. */
  readonly candidate: {
    readonly status: SyncStatus;
    readonly reason: SyncReason | null;
    /** Why a sync would leave the record out; null when it would link it, or when nothing is known. */
    readonly leftOut: Pick<LeftOut, 'rule' | 'message'> | null;
  } | null;
}

/** The button that helps. */
export type RecordRemedy = 'connect' | 'reconnect' | 'integrations' | 'linking' | 'merged' | 'meeting' | 'search';

/** Why a record has meetings on its timeline, or has none. */
export interface RecordAnswer {
  readonly isHere: boolean;
  readonly sentence: string;
  readonly action: string;
  readonly remedy: RecordRemedy | null;
}

/** What leads a meeting to a record of each type. */
const LED_BY: Readonly<Record<string, string>> = {
  contacts: message('No meeting with this person has come in.'),
  companies: message('No meeting with someone of this company has come in.'),
  deals: message('None of its contacts and companies took part in a meeting.'),
};

/** The settings that leave records out. */
const SETTINGS_RULES: readonly string[] = [
  'closed_deal',
  'other_pipeline',
  'beyond_max_deals',
  'late_link',
  'excluded',
];

/** Whether meetings can be linked to records of a type. */
export function isLinkable(objectType: string): boolean {
  return objectType in LED_BY || objectType.startsWith('2-');
}

/** Decides the answer: the first cause that a person has to know of. */
export function recordAnswer(facts: RecordFacts): RecordAnswer {
  const { connection, otherPortal, state, linked, refused, unlinked, candidate } = facts;
  if (otherPortal !== null)
    return no(
      t('This address belongs to HubSpot account {account}, and this workspace is connected to another one.', {
        account: String(otherPortal),
      }),
      t('Open the workspace of that account, or paste an address of the connected account.'),
      'integrations',
    );
  if (connection === 'none') return no(t('HubSpot is not connected.'), t('Meetings wait until it is.'), 'connect');
  if (isActivity(facts.objectType))
    return no(t('This activity comes from no meeting here.'), t('Other apps and people write activities, too.'), null);
  if (!isLinkable(facts.objectType))
    return no(
      t('Meetings are never linked to records of this type.'),
      t('They are linked to contacts, companies, deals and custom objects.'),
      null,
    );
  if (linked > 0) return { isHere: true, sentence: hereWords(linked), action: '', remedy: null };
  if (state === 'merged') return no(t('It was merged into another record.'), t('Its meetings are there.'), 'merged');
  if (state === 'gone')
    return no(
      t('HubSpot does not have this record, or no longer.'),
      t('If it was deleted, restore it there, and its meetings follow.'),
      null,
    );
  if (connection === 'reauthorize')
    return no(
      t('HubSpot disconnected us, so nothing new is linked.'),
      t('Meetings wait until you reconnect.'),
      'reconnect',
    );
  if (unlinked > 0)
    return no(
      t(
        '{count, plural, one {A person removed the link to its meeting.} other {A person removed the links to # meetings.}}',
        { count: unlinked },
      ),
      t('Undo it on the page of the meeting.'),
      'meeting',
    );
  if (refused !== null)
    return no(t('HubSpot refused the link: {message}', { message: refused }), t('See the meeting.'), 'meeting');
  if (candidate !== null) return candidateAnswer(facts, candidate);
  if (!facts.typeIsLinked) return typeNotLinked();
  if (state === 'unread')
    return no(
      t('No meeting is linked to it.'),
      t('HubSpot cannot be asked for the reason now. Try again in a minute.'),
      null,
    );
  return no(
    t(LED_BY[facts.objectType] ?? message('No linked contact, company or deal is associated with it.')),
    t('Search for the meeting, and link the record on its page if it belongs there.'),
    'search',
  );
}

function candidateAnswer(
  { typeIsLinked }: RecordFacts,
  { status, reason, leftOut }: NonNullable<RecordFacts['candidate']>,
): RecordAnswer {
  if (UNDER_WAY.includes(status))
    return no(
      t('Its newest meeting is on its way.'),
      reason === null ? t('It appears as soon as the sync ends.') : reasonWords(reason),
      'meeting',
    );
  if (!typeIsLinked) return typeNotLinked();
  if (status === 'needs_attention' || (status === 'skipped' && reason !== null && reason.code !== 'no_crm_match'))
    return no(
      t(status === 'skipped' ? 'Its newest meeting is skipped.' : 'Its newest meeting needs you.'),
      reason === null ? '' : reasonWords(reason),
      'meeting',
    );
  if (leftOut !== null)
    return no(storedText(leftOut.message), '', SETTINGS_RULES.includes(leftOut.rule) ? 'linking' : 'meeting');
  return no(t('Its newest meeting is not linked to it yet.'), t('Sync the meeting again to link it.'), 'meeting');
}

function typeNotLinked(): RecordAnswer {
  return no(t('The settings do not link custom objects of this type.'), t('Choose the type to link it.'), 'linking');
}

function reasonWords(reason: SyncReason): string {
  return `${storedText(reason.message)} ${storedText(reason.action)}`.trim();
}

function hereWords(linked: number): string {
  return t('{count, plural, one {One meeting is on this timeline.} other {# meetings are on this timeline.}}', {
    count: linked,
  });
}

function no(sentence: string, action: string, remedy: RecordRemedy | null): RecordAnswer {
  return { isHere: false, sentence, action, remedy };
}
