import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { message, t } from '../../../languages/text';
import { recordKey, type LinkVia, type RecordRef } from '../../../meeting/linking/cascade';
import { recordUrl } from '../../../meeting/hubspot-urls';
import { objectTypeId } from '../../../meeting/object-types';
import { recordName } from '../../../meeting/record-names';
import { lookUpRecord, whyNotLinked, type LookedUpRecord } from '../../../planning/look-up-record';
import { findConnection, type ConnectionRow } from '../../../store/connections/connections';
import { objectTypes } from '../../../store/mirror/catalogue';
import { recordNames } from '../../../store/mirror/record-names';
import {
  meetingsOn,
  meetingsOnAny,
  meetingsUnlinkedFrom,
  meetingsWith,
  type LinkedMeeting,
  type MeetingOfRecord,
} from '../../../store/search/record-presence';
import { loadSettings } from '../../../store/settings/settings';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { recordParams } from '../../record-choices';
import { renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { pageOptions } from '../layout/guard';
import { kindOf, meetingPath, statusWord, timeOf, titleOf, type StatusWord, type Time } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { settingsPath } from '../settings/settings-nav';
import { recordAnswer, type RecordAnswer, type RecordFacts, type RecordRemedy } from './record-answer';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'gateway' | 'log'>;
type RecordRequest = FastifyRequest<{ Params: { objectType: string; recordId: string } }>;

const SHOWN = 20;
const params = z.object(recordParams);

/** The page that says which meetings are on a record, and why there are none. */
interface RecordPageModel {
  readonly heading: string;
  readonly kind: string;
  /** Its page in HubSpot; null for a record of another account. */
  readonly url: string | null;
  readonly answer: RecordAnswer;
  readonly button: { readonly path: string; readonly text: string } | null;
  readonly linked: readonly MeetingLine[];
  readonly others: readonly MeetingLine[];
}

interface MeetingLine {
  readonly path: string;
  readonly title: string;
  readonly when: Time;
  readonly status: StatusWord;
  /** Why it is linked, or is not. */
  readonly why: string;
}

const recordView = (model: RecordPageModel): FilledView => ({ template: 'search/record', model });

/** `/records/{objectType}/{id}`: which meetings are on a record, and why, or why none is. It changes nothing. */
export function registerRecordPage(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/records/:objectType/:recordId', pageOptions('read'), async (request: RecordRequest, reply) => {
    const read = params.safeParse(request.params);
    if (!read.success) throw new ProblemError('not-found', t('HubSpot has no such record.'));
    return await showRecord(deps, { objectType: read.data.objectType, id: read.data.recordId }, request, reply);
  });
}

async function showRecord(
  deps: Dependencies,
  ref: RecordRef,
  request: RecordRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const connection = await findConnection(deps.db, workspaceId);
  const given = formField(request.query, 'account') ?? '';
  const account = /^\d{1,15}$/.test(given) ? Number(given) : (connection?.portal_id ?? 0);
  const known =
    connection === null || account !== connection.portal_id
      ? null
      : await factsOf(deps, workspaceId, connection, ref, request);
  const answer = recordAnswer(known?.facts ?? { ...NOTHING_KNOWN, ...elsewhere(connection, account), ...ref });
  const model = recordPage(ref, connection, known, answer);
  return await renderPage(deps, { view: recordView(model), title: model.heading, section: null }, request, reply);
}

const NOTHING_KNOWN = {
  state: 'unread',
  typeIsLinked: true,
  linked: 0,
  refused: null,
  unlinked: 0,
  candidate: null,
} as const;

function elsewhere(connection: ConnectionRow | null, account: number): Pick<RecordFacts, 'connection' | 'otherPortal'> {
  return { connection: connection?.state ?? 'none', otherPortal: connection === null ? null : account };
}

/** What the page shows besides the answer. */
interface Known {
  readonly facts: RecordFacts;
  readonly lookedUp: LookedUpRecord | null;
  readonly linked: readonly LinkedMeeting[];
  readonly others: readonly MeetingOfRecord[];
  readonly unlinkedIds: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
  readonly typeName: string | null;
}

async function factsOf(
  deps: Dependencies,
  workspaceId: string,
  connection: ConnectionRow,
  ref: RecordRef,
  request: FastifyRequest,
): Promise<Known> {
  const { db } = deps;
  const place = { workspaceId, portalId: connection.portal_id };
  const lookedUp = await unlessHubSpotFails(lookUpRecord(deps, workspaceId, ref), request);
  const [all, unlinked, withPeople, reached, settings, types] = await Promise.all([
    meetingsOn(db, place, ref, SHOWN),
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
          request,
        );
  const { objectType } = ref;
  return {
    facts: {
      connection: connection.state,
      otherPortal: null,
      state: lookedUp?.state ?? 'unread',
      objectType,
      typeIsLinked: !objectType.startsWith('2-') || settings.customObjectTypes.includes(objectType),
      linked: linked.length,
      refused: all.find(({ refused }) => refused !== null)?.refused ?? null,
      unlinked: unlinked.length,
      candidate: newest === undefined ? null : { status: newest.status, reason: newest.reason, leftOut },
    },
    lookedUp,
    linked,
    others,
    unlinkedIds: new Set(unlinked.map(({ meetingId }) => meetingId)),
    names: await recordNames(db, connection.portal_id, [ref, ...linked.flatMap(({ from }) => from ?? [])]),
    typeName: types.find((type) => type.object_type === objectType)?.singular ?? null,
  };
}

/** Null when HubSpot cannot be asked now: the page then shows what is known here. */
async function unlessHubSpotFails<Answer>(asked: Promise<Answer>, request: FastifyRequest): Promise<Answer | null> {
  try {
    return await askingHubSpot(asked);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    request.log.info({ problem: error.code }, 'a record was not read from HubSpot');
    return null;
  }
}

function newestOf(meetings: readonly MeetingOfRecord[]): MeetingOfRecord[] {
  const each = new Map(meetings.map((meeting) => [meeting.meetingId, meeting]));
  return [...each.values()].toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime()).slice(0, SHOWN);
}

function recordPage(
  ref: RecordRef,
  connection: ConnectionRow | null,
  known: Known | null,
  answer: RecordAnswer,
): RecordPageModel {
  const timeZone = connection?.time_zone ?? 'UTC';
  const kind = kindOf(ref.objectType, known?.typeName ?? null);
  const name =
    known?.names.get(recordKey(ref)) ??
    (known?.lookedUp?.state === 'there' ? recordName(ref.objectType, known.lookedUp.properties, null) : null);
  const line = (meeting: MeetingOfRecord, why: string): MeetingLine => ({
    path: meetingPath(meeting.meetingId),
    title: titleOf(meeting),
    when: timeOf(meeting.startedAt, timeZone),
    status: statusWord(meeting.status, meeting.reason?.code ?? null),
    why,
  });
  return {
    heading: name ?? `${kind} ${ref.id}`,
    kind,
    url:
      known === null || connection === null
        ? null
        : recordUrl(connection.ui_domain, connection.portal_id, objectTypeId(ref.objectType), ref.id),
    answer,
    button: buttonOf(answer.remedy, ref, known, name),
    linked: known?.linked.map((meeting) => line(meeting, whyLinked(meeting, known.names))) ?? [],
    others:
      known?.others.map((meeting) =>
        line(meeting, t(known.unlinkedIds.has(meeting.meetingId) ? 'You removed this link' : 'Not linked')),
      ) ?? [],
  };
}

const BEGAN: Readonly<Record<Exclude<LinkVia, 'cascade'>, string>> = {
  participant: message('Took part'),
  domain: message('A participant has its e-mail domain'),
  manual: message('Linked by hand'),
};

function whyLinked({ via, from }: LinkedMeeting, names: Known['names']): string {
  if (via !== 'cascade') return t(BEGAN[via]);
  if (from === null) return t('Through another record');
  const record = names.get(recordKey(from)) ?? `${kindOf(from.objectType).toLowerCase()} ${from.id}`;
  return t('Through {record}', { record });
}

function buttonOf(
  remedy: RecordRemedy | null,
  ref: RecordRef,
  known: Known | null,
  name: string | null,
): RecordPageModel['button'] {
  switch (remedy) {
    case 'connect':
      return { path: '/integrations/hubspot/connect', text: t('Connect HubSpot') };
    case 'reconnect':
      return { path: '/integrations/hubspot/connect', text: t('Reconnect HubSpot') };
    case 'integrations':
      return { path: settingsPath('hubspot'), text: t('See the connected account') };
    case 'linking':
      return { path: settingsPath('linking'), text: t('Change what gets linked') };
    case 'merged':
      return { path: `/records/${ref.objectType}/${known?.lookedUp?.id ?? ref.id}`, text: t('Open that record') };
    case 'meeting': {
      const meetingId = known?.others[0]?.meetingId;
      return meetingId === undefined ? null : { path: meetingPath(meetingId), text: t('Open the meeting') };
    }
    case 'search': {
      const q = known?.lookedUp?.emails[0] ?? known?.lookedUp?.domains[0] ?? name ?? '';
      return { path: `/meetings?${new URLSearchParams(q === '' ? {} : { q }).toString()}`, text: t('Search meetings') };
    }
    case null:
      return null;
  }
}
