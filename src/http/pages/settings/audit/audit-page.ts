import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storedText } from '../../../../languages/stored-text';
import { message, t } from '../../../../languages/text';
import type { FieldError } from '../../../../meeting/validation-errors';
import { AUDIT_GROUP_WORDS } from '../../../../store/audit/actions';
import { listAuditActors, listAuditEvents, type ListedAuditEvent } from '../../../../store/audit/audit-lists';
import { auditSentence } from '../../../../store/audit/audit-sentences';
import { findConnection } from '../../../../store/connections/connections';
import { settingsChoices } from '../../../../store/settings/settings-choices';
import { auditFields, auditFilters, type AuditTexts } from '../../../acts/audit-query';
import type { HttpDependencies } from '../../../dependencies';
import { timeZoneOf } from '../../../meeting-filters';
import { withCursor } from '../../../meeting-list';
import { toCsv } from '../../../plumbing/csv';
import { pageOptions } from '../../layout/guard';
import { formField, sessionOf } from '../../layout/session';
import { settingsPath } from '../settings-nav';
import { renderSettings } from '../settings-page';
import { NO_CHOICES } from '../sync-settings-form';
import { auditEventModel, type AuditEventModel } from './audit-models';

type Dependencies = Pick<HttpDependencies, 'db' | 'config'>;

const PAGE_SIZE = 50;
const CSV_NAME = 'audit';
/** More rows than a spreadsheet shows well. The API has all. */
const CSV_ROWS = 50_000;
const CSV_PAGE = 2_000;

const LABELS: Readonly<Record<keyof AuditTexts, string>> = {
  who: message('Who'),
  group: message('What'),
  action: message('What'),
  objectType: message('Object'),
  objectId: message('Object'),
  from: message('From'),
  to: message('To'),
  q: message('Search'),
};
const NAMES = ['who', 'group', 'action', 'objectType', 'objectId', 'from', 'to', 'q'] as const;

/** The page of the audit trail. */
interface AuditPageModel {
  readonly given: Readonly<Partial<Record<keyof AuditTexts, string>>>;
  readonly invalid: readonly FieldError[];
  readonly actors: readonly Choice[];
  readonly groups: readonly Choice[];
  readonly narrowed: boolean;
  readonly events: readonly AuditEventModel[];
  readonly path: string;
  readonly csvPath: string;
  readonly nextPath: string | null;
  readonly previousPath: string | null;
}

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly chosen: boolean;
}

/** `/settings/changes`: the audit trail with its filters, and the same as CSV. */
export function registerAuditPage(pages: FastifyInstance, deps: Dependencies): void {
  pages.get(settingsPath('changes'), pageOptions('admin'), async (request, reply) => {
    return await showAudit(deps, request, reply);
  });
  pages.get(`${settingsPath('changes')}.csv`, pageOptions('admin'), async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const { texts } = readTexts(request.query);
    const filters = auditFilters(texts, await timeZoneOf(deps.db, workspaceId));
    const events = await allEvents(deps, workspaceId, filters);
    return await reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="${CSV_NAME}.csv"`)
      .send(auditCsv(events));
  });
}

async function showAudit(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { db } = deps;
  const { workspaceId } = sessionOf(request);
  const { given, texts, invalid } = readTexts(request.query);
  const connection = await findConnection(db, workspaceId);
  const timeZone = connection?.time_zone ?? 'UTC';
  const cursor = formField(request.query, 'cursor');
  const [page, actors, choices] = await Promise.all([
    withCursor(() => listAuditEvents(db, workspaceId, auditFilters(texts, timeZone), { cursor, limit: PAGE_SIZE })),
    listAuditActors(db, workspaceId),
    connection === null ? NO_CHOICES : settingsChoices(db, connection.portal_id),
  ]);
  const path = settingsPath('changes');
  const at = (to: string | null) => (to === null ? null : `${path}${queryOf(texts, to)}`);
  const model: AuditPageModel = {
    given,
    invalid,
    actors: actors.map(({ key, label }) => ({ value: key, label: storedText(label), chosen: key === texts.who })),
    groups: Object.entries(AUDIT_GROUP_WORDS)
      .map(([value, words]) => ({ value, label: t(words), chosen: value === texts.group }))
      .toSorted((one, other) => one.label.localeCompare(other.label)),
    narrowed: Object.keys(given).length > 0,
    events: page.rows.map((event) => auditEventModel(event, choices, timeZone)),
    path,
    csvPath: `${path}.csv${queryOf(texts)}`,
    nextPath: at(page.nextCursor),
    previousPath: at(page.previousCursor),
  };
  return await renderSettings(deps, { id: 'changes', template: 'audit', model }, request, reply);
}

async function allEvents(
  { db }: Dependencies,
  workspaceId: string,
  filters: Parameters<typeof listAuditEvents>[2],
): Promise<ListedAuditEvent[]> {
  const events: ListedAuditEvent[] = [];
  let cursor: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page = await listAuditEvents(db, workspaceId, filters, { cursor, limit: CSV_PAGE });
    events.push(...page.rows);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && events.length < CSV_ROWS);
  return events;
}

const CSV_COLUMNS = [
  'at',
  'who',
  'kind',
  'whoId',
  'ip',
  'way',
  'action',
  'sentence',
  'objectType',
  'objectId',
  'objectLabel',
  'before',
  'after',
  'count',
] as const;

/** The events as CSV, with the names of the API as its header. */
function auditCsv(events: readonly ListedAuditEvent[]): string {
  const lines = events.map((event) => [
    event.at.toISOString(),
    event.actor.label,
    event.actor.kind,
    event.actor.id,
    event.actor.ip,
    event.actor.way,
    event.action,
    auditSentence(event),
    event.object?.type,
    event.object?.id,
    event.object?.label,
    event.before === null ? null : JSON.stringify(event.before),
    event.after === null ? null : JSON.stringify(event.after),
    event.count,
  ]);
  return toCsv(CSV_COLUMNS, lines, { byteOrderMark: true });
}

/** Reads the filters of a form or an address. */
function readTexts(query: unknown) {
  const given: Partial<Record<keyof AuditTexts, string>> = {};
  const texts: Partial<Record<keyof AuditTexts, string>> = {};
  const invalid: FieldError[] = [];
  for (const name of NAMES) {
    const text = formField(query, name)?.trim();
    if (text === undefined || text === '') continue;
    given[name] = text;
    const read = auditFields[name].safeParse(text);
    if (read.success) texts[name] = text;
    else invalid.push({ path: t(LABELS[name]), message: t(read.error.issues[0]?.message ?? message('is not valid')) });
  }
  return { given, texts, invalid };
}

function queryOf(texts: Partial<Record<keyof AuditTexts, string>>, cursor?: string): string {
  const query = new URLSearchParams(texts);
  if (cursor !== undefined) query.set('cursor', cursor);
  return query.size === 0 ? '' : `?${query.toString()}`;
}
