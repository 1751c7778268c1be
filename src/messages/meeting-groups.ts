import { storedText } from '../languages/stored-text';
import { t } from '../languages/text';
import { stateOf } from '../meeting/list-states';
import { REASON_CODES, type ReasonCode } from '../meeting/status';
import type { DigestFacts, Groups, Notice } from './digest-facts';
import type { MessageGroup, MessageLine, MessageLink } from './message';
import { REASONS, titleOfCause } from './reason-words';

const OUTCOMES: readonly string[] = ['meeting.synced', 'meeting.needs_attention', 'meeting.skipped'];
/** Meetings whose titles a group shows. */
const MOST_TITLES = 5;
/** Only a person who connects HubSpot helps these meetings. */
const CONNECT: ReadonlySet<ReasonCode> = new Set(['not_connected', 'reauthorize', 'missing_scope']);

/** What became of the meetings of these notices, by cause: first the causes that stop every meeting, then the most frequent. */
export function meetingGroups(notices: readonly Notice[], facts: DigestFacts): Groups {
  const latest = latestOutcomes(notices, facts);
  const byReason = (event: string) => {
    const causes = Map.groupBy(
      latest.filter((outcome) => outcome.event === event),
      ({ reason }) => reason,
    );
    return [...causes].toSorted(([, one], [, other]) => other.length - one.length);
  };
  const stopped = byReason('meeting.needs_attention');
  const ordered = [
    ...stopped.filter(([reason]) => CONNECT.has(reason)),
    ...stopped.filter(([reason]) => !CONNECT.has(reason)),
  ];
  const synced = latest.flatMap(({ event, meetingId }) => (event === 'meeting.synced' ? [meetingId] : []));
  return {
    urgent: ordered.map(([reason, found]) => stoppedGroup(reason, idsOf(found), facts)),
    others: [
      ...(synced.length === 0 ? [] : [syncedGroup(synced, facts)]),
      ...byReason('meeting.skipped').map(([reason, found]) => skippedGroup(reason, idsOf(found), facts)),
      ...changedGroups(notices, facts),
    ],
  };
}

interface Outcome {
  readonly event: string;
  readonly meetingId: string;
  readonly reason: ReasonCode;
}

/** The latest outcome of each meeting. One that needed attention and no longer does is not reported. */
function latestOutcomes(notices: readonly Notice[], { meetings }: DigestFacts): Outcome[] {
  const latest = new Map<string, Outcome>();
  for (const { event, data } of notices) {
    const meetingId = data['meetingId'];
    if (!OUTCOMES.includes(event) || typeof meetingId !== 'string') continue;
    const reason = REASON_CODES.find((code) => code === data['reasonCode']) ?? 'internal_error';
    latest.set(meetingId, { event, meetingId, reason });
  }
  return [...latest.values()].flatMap((outcome) => {
    const now = meetings.get(outcome.meetingId);
    if (now === undefined || now.status === 'deleted') return [];
    if (outcome.event !== 'meeting.needs_attention') return [outcome];
    return now.status === 'needs_attention' ? [{ ...outcome, reason: now.reason ?? outcome.reason }] : [];
  });
}

function stoppedGroup(reason: ReasonCode, ids: readonly string[], facts: DigestFacts): MessageGroup {
  return {
    title: titleOfCause(reason, ids.length),
    lines: linesOf(ids, facts, true),
    link: CONNECT.has(reason)
      ? { text: t('Connect HubSpot'), url: `${facts.publicUrl}/settings/integrations` }
      : linkTo(ids, { state: 'needs_you', reason }, facts),
  };
}

function syncedGroup(ids: readonly string[], facts: DigestFacts): MessageGroup {
  const count = ids.length;
  return {
    title: t('{count, plural, one {# meeting is} other {# meetings are}} on HubSpot timelines', { count }),
    lines: linesOf(ids, facts, false),
    link: linkTo(ids, { state: 'on_timeline' }, facts),
  };
}

function skippedGroup(reason: ReasonCode, ids: readonly string[], facts: DigestFacts): MessageGroup {
  return {
    title: t('{reason}: {count, plural, one {# meeting} other {# meetings}}', {
      reason: t(REASONS[reason]),
      count: ids.length,
    }),
    lines: linesOf(ids, facts, false),
    link: linkTo(ids, { state: stateOf('skipped', reason === 'no_crm_match'), reason }, facts),
  };
}

function changedGroups(notices: readonly Notice[], facts: DigestFacts): MessageGroup[] {
  const changed = new Set(
    notices.flatMap(({ event, data: { meetingId } }) =>
      event === 'meeting.links_changed' && typeof meetingId === 'string' ? [meetingId] : [],
    ),
  );
  const ids = [...changed].filter((id) => (facts.meetings.get(id)?.status ?? 'deleted') !== 'deleted');
  if (ids.length === 0) return [];
  const title = t('{count, plural, one {# meeting has} other {# meetings have}} other records in HubSpot than before', {
    count: ids.length,
  });
  return [{ title, lines: linesOf(ids, facts, false), link: linkTo(ids, {}, facts) }];
}

function idsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ meetingId }) => meetingId);
}

/** @param withReasons - also what stops each meeting, if it is content that the outlet gets */
function linesOf(ids: readonly string[], { meetings, publicUrl }: DigestFacts, withReasons: boolean): MessageLine[] {
  const titled = ids.flatMap((id): MessageLine[] => {
    const { title = null, sentence = null } = meetings.get(id) ?? {};
    if (title === null) return [];
    const text = withReasons && sentence !== null ? `${title}: ${storedText(sentence)}` : title;
    return [{ text, url: meetingUrl(publicUrl, id) }];
  });
  const more = titled.length - MOST_TITLES;
  const rest = more > 0 ? [{ text: t('{count, number} more', { count: more }), url: null }] : [];
  return [...titled.slice(0, MOST_TITLES), ...rest];
}

function linkTo(
  ids: readonly string[],
  filters: Readonly<Record<string, string>>,
  { publicUrl }: DigestFacts,
): MessageLink {
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return { text: t('Open the meeting'), url: meetingUrl(publicUrl, only) };
  const query = new URLSearchParams(filters).toString();
  return { text: t('Open the meetings'), url: `${publicUrl}/meetings${query === '' ? '' : `?${query}`}` };
}

function meetingUrl(publicUrl: string, meetingId: string): string {
  return `${publicUrl}/meetings/${encodeURIComponent(meetingId)}`;
}
