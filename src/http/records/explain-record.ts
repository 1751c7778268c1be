import type { FastifyBaseLogger } from 'fastify';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { recordName } from '../../meeting/record-names';
import { lookUpRecord, whyNotLinked, type LookedUpRecord } from '../../planning/look-up-record';
import { findConnection, type ConnectionRow } from '../../store/connections/connections';
import { objectTypes } from '../../store/mirror/catalogue';
import { recordNames } from '../../store/mirror/record-names';
import {
  countMeetingsOn,
  meetingsOn,
  meetingsOnAny,
  meetingsUnlinkedFrom,
  meetingsWith,
  type LinkedMeeting,
  type MeetingOfRecord,
} from '../../store/search/record-presence';
import { loadSettings } from '../../store/settings/settings';
import type { HttpDependencies } from '../dependencies';
import { askingHubSpot } from '../plumbing/hubspot-problems';
import { ProblemError } from '../plumbing/problems';
import { isLinkable, recordAnswer, type RecordAnswer, type RecordFacts } from './record-answer';

type Dependencies = Pick<HttpDependencies, 'db' | 'gateway'>;

/** The most meetings of each list. */
const SHOWN = 20;

/** What is known about a record of the connected account. */
export interface KnownRecord {
  /** Null until the record was read, and where HubSpot has no name for it. */
  readonly name: string | null;
  /** Null while HubSpot cannot be asked. */
  readonly lookedUp: LookedUpRecord | null;
  /** The newest meetings that are linked to it. */
  readonly linked: readonly LinkedMeeting[];
  /** How many meetings are linked to it. */
  readonly linkedCount: number;
  /** The newest meetings that would lead to it, or from which a person unlinked it. */
  readonly others: readonly MeetingOfRecord[];
  readonly unlinkedIds: ReadonlySet<string>;
  /** Of this record, and of those that led to it. */
  readonly names: ReadonlyMap<string, string>;
  /** The singular name of a custom object's type. */
  readonly typeName: string | null;
}

/** Why a record has meetings on its timeline, or has none. */
export interface RecordExplanation {
  readonly answer: RecordAnswer;
  readonly connection: ConnectionRow | null;
  /** Null for a record of another account or of a type that is never linked, and without a connection. */
  readonly known: KnownRecord | null;
}

const NOTHING_KNOWN = {
  state: 'unread',
  typeIsLinked: true,
  linked: 0,
  refused: null,
  unlinked: 0,
  candidate: null,
} as const;

/**
 * Explains which meetings are on a record, or why none is. It reads HubSpot if HubSpot answers, and changes nothing.
 *
 * @param account - the HubSpot account that the record's address names; null for the connected one
 */
export async function explainRecord(
  deps: Dependencies,
  workspaceId: string,
  { account, ...ref }: RecordRef & { readonly account: number | null },
  log: FastifyBaseLogger,
): Promise<RecordExplanation> {
  const connection = await findConnection(deps.db, workspaceId);
  const isOther = connection !== null && account !== null && account !== connection.portal_id;
  if (connection === null || isOther || !isLinkable(ref.objectType))
    return {
      answer: recordAnswer({
        ...NOTHING_KNOWN,
        connection: connection?.state ?? 'none',
        otherPortal: isOther ? account : null,
        objectType: ref.objectType,
      }),
      connection,
      known: null,
    };
  const { facts, known } = await factsOf(deps, workspaceId, connection, ref, log);
  return { answer: recordAnswer(facts), connection, known };
}

async function factsOf(
  deps: Dependencies,
  workspaceId: string,
  connection: ConnectionRow,
  ref: RecordRef,
  log: FastifyBaseLogger,
): Promise<{ readonly facts: RecordFacts; readonly known: KnownRecord }> {
  const { db } = deps;
  const { objectType } = ref;
  const place = { workspaceId, portalId: connection.portal_id };
  const lookedUp = await unlessHubSpotFails(lookUpRecord(deps, workspaceId, ref), log);
  const [all, linkedCount, unlinked, withPeople, reached, settings, types] = await Promise.all([
    meetingsOn(db, place, ref, SHOWN),
    countMeetingsOn(db, place, ref),
    meetingsUnlinkedFrom(db, place, ref, SHOWN),
    meetingsWith(db, workspaceId, { emails: lookedUp?.emails ?? [], domains: lookedUp?.domains ?? [] }, SHOWN),
    meetingsOnAny(db, place, lookedUp?.reachedFrom ?? [], SHOWN),
    loadSettings(db, workspaceId),
    objectTypes(db, connection.portal_id),
  ]);
  const linked = all.filter(({ refused }) => refused === null);
  const linkedIds = new Set(linked.map(({ meetingId }) => meetingId));
  const others = newestOf(
    [...unlinked, ...withPeople, ...reached].filter(({ meetingId }) => !linkedIds.has(meetingId)),
  );
  const [newest] = others;
  const leftOut =
    linked.length > 0 || newest === undefined
      ? null
      : await unlessHubSpotFails(
          whyNotLinked(deps, { workspaceId, meetingId: newest.meetingId }, ref, lookedUp?.emails ?? []),
          log,
        );
  const names = await recordNames(db, connection.portal_id, [ref, ...linked.flatMap(({ from }) => from ?? [])]);
  return {
    facts: {
      connection: connection.state,
      otherPortal: null,
      state: lookedUp?.state ?? 'unread',
      objectType,
      typeIsLinked: !objectType.startsWith('2-') || settings.customObjectTypes.includes(objectType),
      linked: linkedCount,
      refused: all.find(({ refused }) => refused !== null)?.refused ?? null,
      unlinked: unlinked.length,
      candidate: newest === undefined ? null : { status: newest.status, reason: newest.reason, leftOut },
    },
    known: {
      name: names.get(recordKey(ref)) ?? nameIn(ref, lookedUp),
      lookedUp,
      linked,
      linkedCount,
      others,
      unlinkedIds: new Set(unlinked.map(({ meetingId }) => meetingId)),
      names,
      typeName: types.find((type) => type.object_type === objectType)?.singular ?? null,
    },
  };
}

function nameIn({ objectType }: RecordRef, lookedUp: LookedUpRecord | null): string | null {
  return lookedUp?.state === 'there' ? recordName(objectType, lookedUp.properties, null) : null;
}

/** Null when HubSpot cannot be asked now: the answer is then what is known here. */
async function unlessHubSpotFails<Answer>(asked: Promise<Answer>, log: FastifyBaseLogger): Promise<Answer | null> {
  try {
    return await askingHubSpot(asked);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    log.info({ problem: error.code }, 'a record was not read from HubSpot');
    return null;
  }
}

function newestOf(meetings: readonly MeetingOfRecord[]): MeetingOfRecord[] {
  const each = new Map(meetings.map((meeting) => [meeting.meetingId, meeting]));
  return [...each.values()].toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime()).slice(0, SHOWN);
}
