import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { message, t } from '../../../languages/text';
import { recordKey, type LinkVia, type RecordRef } from '../../../meeting/linking/cascade';
import { recordUrl } from '../../../meeting/hubspot-urls';
import { objectTypeId } from '../../../meeting/object-types';
import type { LinkedMeeting, MeetingOfRecord } from '../../../store/search/record-presence';
import type { HttpDependencies } from '../../dependencies';
import { ProblemError } from '../../plumbing/problems';
import { recordParams } from '../../record-choices';
import { explainRecord, type KnownRecord, type RecordExplanation } from '../../records/explain-record';
import type { RecordAnswer, RecordRemedy } from '../../records/record-answer';
import { renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { pageOptions } from '../layout/guard';
import { kindOf, meetingPath, statusWord, timeOf, titleOf, type StatusWord, type Time } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { settingsPath } from '../settings/settings-nav';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'gateway'>;
type RecordRequest = FastifyRequest<{ Params: { objectType: string; recordId: string } }>;

/** An address copied from HubSpot may have any type of records, and the page says which are linked. */
const params = z.object({ ...recordParams, objectType: z.string().regex(/^(?:[a-z]{1,20}|\d{1,9}-\d{1,15})$/) });

/** The page that says which meetings are on a record, and why there are none. */
interface RecordPageModel {
  readonly heading: string;
  readonly kind: string;
  /** Its page in HubSpot; null for a record of another account. */
  readonly url: string | null;
  readonly answer: RecordAnswer;
  readonly button: { readonly path: string; readonly text: string } | null;
  readonly linked: readonly MeetingLine[];
  /** Says that more are linked than the page lists; null when it lists all. */
  readonly listed: string | null;
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
  const given = formField(request.query, 'account') ?? '';
  const account = /^\d{1,15}$/.test(given) ? Number(given) : null;
  const explained = await explainRecord(deps, workspaceId, { ...ref, account }, request.log);
  const model = recordPage(ref, explained);
  return await renderPage(deps, { view: recordView(model), title: model.heading, section: null }, request, reply);
}

function recordPage(ref: RecordRef, { answer, connection, known }: RecordExplanation): RecordPageModel {
  const timeZone = connection?.time_zone ?? 'UTC';
  const kind = kindOf(ref.objectType, known?.typeName ?? null);
  const name = known?.name ?? null;
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
    listed:
      known !== null && known.linkedCount > known.linked.length
        ? t('The newest {count, number} are listed.', { count: known.linked.length })
        : null,
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

function whyLinked({ via, from }: LinkedMeeting, names: KnownRecord['names']): string {
  if (via !== 'cascade') return t(BEGAN[via]);
  if (from === null) return t('Through another record');
  const record = names.get(recordKey(from)) ?? `${kindOf(from.objectType).toLowerCase()} ${from.id}`;
  return t('Through {record}', { record });
}

function buttonOf(
  remedy: RecordRemedy | null,
  ref: RecordRef,
  known: KnownRecord | null,
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
