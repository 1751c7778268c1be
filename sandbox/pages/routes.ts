import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CrmControl, TimelineEntry } from '../control/crm-control';
import type { Portal } from '../crm/catalogue';
import { MAIN_BODY, cleanBody } from '../crm/bodies';
import type { ObjectType } from '../crm/object-types';
import type { StoredRecord, Values } from '../crm/records';
import type { Parts } from '../http/api';
import { render, stylesheet } from './views';

/** Pages for people: accounts, lists, and a record with its timeline as HubSpot shows it. */
export function pageRoutes(server: FastifyInstance, parts: Parts, control: CrmControl): void {
  const css = stylesheet();
  server.get('/sandbox/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(css));
  server.get('/', async (_request, reply) => html(reply, render('home', home(parts))));
  server.get<{ Params: { portalId: string; typeId: string }; Querystring: { filters?: string } }>(
    '/contacts/:portalId/objects/:typeId/views/all/list',
    async (request, reply) => {
      const place = placeOf(parts, request.params.portalId, request.params.typeId);
      if (place === null) return missing(reply);
      const only = filteredId(request.query.filters);
      return html(reply, render('list', list(parts, place.portal, place.type, only)));
    },
  );
  server.get<{ Params: { portalId: string; id: string } }>(
    '/tasks/:portalId/view/all/task/:id',
    async (request, reply) => reply.redirect(href(Number(request.params.portalId), '0-27', request.params.id), 302),
  );
  const record = async (request: RecordRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const place = placeOf(parts, request.params.portalId, request.params.typeId);
    if (place === null) return missing(reply);
    const { portal, type } = place;
    const asked = request.params.id;
    const found = parts.crm.lookup.follow(portal.id, type.typeId, asked);
    if (found === undefined) return missing(reply);
    // HubSpot redirects an old id to the record that it was merged into.
    if (found.id !== asked) return reply.redirect(href(portal.id, type.typeId, found.id), 302);
    const page = recordPage(parts, control, portal, type, found, request.query.engagement);
    return html(reply, render('record', page));
  };
  server.get('/contacts/:portalId/record/:typeId/:id', record);
  // The timeline of a record with one activity selected.
  server.get('/contacts/:portalId/record/:typeId/:id/view/1', record);
}

type RecordRequest = FastifyRequest<{
  Params: { portalId: string; typeId: string; id: string };
  Querystring: { engagement?: string };
}>;

const filtersShape = z.array(
  z.object({ property: z.literal('hs_object_id'), operator: z.literal('EQ'), value: z.string() }),
);

/** Returns the id in a list's filter, as in the `url` of a note; null for any other filter. */
function filteredId(filters: string | undefined): string | null {
  if (filters === undefined) return null;
  try {
    return filtersShape.parse(JSON.parse(filters))[0]?.value ?? null;
  } catch {
    return null;
  }
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('content-security-policy', "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'")
    .type('text/html; charset=utf-8')
    .send(page);
}

function missing(reply: FastifyReply): FastifyReply {
  reply.code(404);
  return html(
    reply,
    render('problem', {
      heading: 'There is no such record',
      text: 'It was never made, or erased for good. The list of its account shows what there is.',
      details: [],
    }),
  );
}

function placeOf(parts: Parts, portalId: string, typeId: string): { portal: Portal; type: ObjectType } | null {
  const portal = parts.crm.catalogue.portal(Number(portalId));
  const type = portal === undefined ? undefined : parts.crm.catalogue.type(portal.id, typeId);
  return portal === undefined || type === undefined ? null : { portal, type };
}

function href(portalId: number, typeId: string, id: string): string {
  return `/contacts/${portalId}/record/${typeId}/${id}`;
}

function typeLabel(parts: Parts, portal: Portal, type: ObjectType): string {
  const schema = parts.crm.catalogue.schemas(portal.id).find((each) => each.typeId === type.typeId);
  return schema?.labels.plural ?? type.plural.charAt(0).toUpperCase() + type.plural.slice(1);
}

/** Returns a record's display name. */
export function titleOf(type: ObjectType, id: string, values: Values): string {
  const named = type.titles.map((name) => values[name] ?? '').filter((value) => value !== '');
  if (named.length > 0) return named.join(' ');
  const email = type.typeId === '0-1' ? (values['email'] ?? '') : '';
  return email === '' ? `${type.singular.charAt(0).toUpperCase()}${type.singular.slice(1)} ${id}` : email;
}

function home(parts: Parts): object {
  return {
    portals: parts.crm.catalogue.portals().map((portal) => ({
      ...portal,
      installed: parts.tokens.installed(portal.id),
      types: parts.crm.catalogue.types(portal.id).map((type) => ({
        typeId: type.typeId,
        label: typeLabel(parts, portal, type),
        count: parts.crm.records.count(portal.id, type.typeId),
      })),
    })),
  };
}

const LISTED = 500;

function list(parts: Parts, portal: Portal, type: ObjectType, only: string | null): object {
  const columns = type.kind === 'activity' ? ['hs_timestamp', 'hubspot_owner_id'] : type.shown;
  const definitions = parts.crm.properties.of(portal.id, type);
  return {
    portal,
    label: typeLabel(parts, portal, type),
    columns: columns.map((name) => definitions.get(name)?.label ?? name),
    records: parts.crm.records
      .page(portal.id, type.typeId, { archived: false, after: 0, limit: LISTED })
      .filter((record) => only === null || record.id === only)
      .map((record) => ({
        href: href(portal.id, type.typeId, record.id),
        title: titleOf(type, record.id, record.properties),
        cells: columns.map((name) => readable(parts, portal, type, name, record.properties[name] ?? '')),
      })),
  };
}

function recordPage(
  parts: Parts,
  control: CrmControl,
  portal: Portal,
  type: ObjectType,
  record: StoredRecord,
  engagement: string | undefined,
): object {
  const definitions = parts.crm.properties.of(portal.id, type);
  const shown = (name: string) => ({
    label: definitions.get(name)?.label ?? name,
    value: readable(parts, portal, type, name, record.properties[name] ?? ''),
  });
  const main = [
    ...type.shown,
    'phone',
    'jobtitle',
    'city',
    'hs_additional_emails',
    'hs_additional_domains',
    'hubspot_owner_id',
  ];
  const filled = Object.keys(record.properties).filter((name) => record.properties[name] !== '');
  const isActivity = type.kind === 'activity';
  const timeline = isActivity
    ? [entryOf(record, type)]
    : control.timeline(type.typeId, record.id, { portalId: portal.id });
  return {
    portal,
    title: titleOf(type, record.id, record.properties),
    subtitle: type.typeId === '0-1' ? (record.properties['jobtitle'] ?? '') : '',
    typeLabel: typeLabel(parts, portal, type),
    listHref: `/contacts/${portal.id}/objects/${type.typeId}/views/all/list`,
    notice: record.archived ? 'This record is archived.' : null,
    main: [...new Set(main)].filter((name) => filled.includes(name)).map(shown),
    rest: filled.toSorted().map(shown),
    isActivity,
    engagement: engagement ?? '',
    timeline: byMonth(
      timeline.map((entry) => activity(parts, portal, entry)),
      portal,
    ),
    associated: associated(parts, control, portal, type, record, isActivity),
  };
}

function entryOf(record: StoredRecord, type: ObjectType): TimelineEntry {
  return {
    objectTypeId: record.typeId,
    id: record.id,
    properties: record.properties,
    archived: record.archived,
    mergedInto: record.mergedInto,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    objectType: type.plural,
    at: Date.parse(record.properties['hs_timestamp'] ?? ''),
    associations: [],
  };
}

function readable(parts: Parts, portal: Portal, type: ObjectType, name: string, value: string): string {
  const definition = parts.crm.properties.of(portal.id, type).get(name);
  if (value === '') return '';
  if (definition?.external === 'owner') return ownerName(parts, portal, value) ?? value;
  if (definition?.external === 'stage' || definition?.external === 'pipeline') {
    const pipelines = parts.crm.catalogue.pipelines(portal.id, type.typeId);
    const labels = pipelines.flatMap((each) => [each, ...each.stages]);
    return labels.find((each) => each.id === value)?.label ?? value;
  }
  if (definition?.type === 'datetime') return timeText(Date.parse(value), portal);
  return value;
}

function ownerName(parts: Parts, portal: Portal, ownerId: string | undefined): string | null {
  const owner = ownerId === undefined ? undefined : parts.crm.catalogue.owner(portal.id, ownerId);
  return owner === undefined ? null : `${owner.firstName} ${owner.lastName}`.trim() || owner.email;
}

function timeText(at: number, portal: Portal): string {
  if (Number.isNaN(at)) return '';
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: portal.timeZone,
  }).format(at);
}

interface Shown {
  at: number;
  [key: string]: unknown;
}

function activity(parts: Parts, portal: Portal, entry: TimelineEntry): Shown {
  const values = entry.properties;
  const body = values[MAIN_BODY[entry.objectTypeId] ?? ''] ?? '';
  const length = minutes(values['hs_meeting_start_time'], values['hs_meeting_end_time']);
  const facts = [
    values['hs_meeting_outcome'] === undefined ? '' : `Outcome: ${sentence(values['hs_meeting_outcome'])}`,
    length === null ? '' : `Duration: ${length} min`,
    values['hs_call_status'] === undefined ? '' : `Status: ${sentence(values['hs_call_status'])}`,
    values['hs_task_status'] === undefined ? '' : `Status: ${sentence(values['hs_task_status'])}`,
    values['hs_meeting_location'] ?? '',
  ];
  const link = values['hs_meeting_external_url'] ?? '';
  const records = entry.associations.length;
  return {
    at: entry.at,
    id: entry.id,
    type: entry.objectType,
    kind: sentence(entry.objectType.replace(/s$/u, '')),
    href: href(portal.id, entry.objectTypeId, entry.id),
    owner: ownerName(parts, portal, values['hubspot_owner_id']),
    iso: Number.isNaN(entry.at) ? '' : new Date(entry.at).toISOString(),
    when: timeText(entry.at, portal),
    title:
      values['hs_meeting_title'] ??
      values['hs_call_title'] ??
      values['hs_task_subject'] ??
      values['hs_email_subject'] ??
      '',
    facts: facts.filter((fact) => fact !== ''),
    link: /^https?:\/\//u.test(link) ? link : null,
    // It was cleaned on write. Cleaning it again prevents a manually edited file from putting a script on the page.
    body: cleanBody(body),
    associations: records === 0 ? '' : `${records} ${records === 1 ? 'association' : 'associations'}`,
  };
}

function minutes(start: string | undefined, end: string | undefined): number | null {
  const length = (Date.parse(end ?? '') - Date.parse(start ?? '')) / 60_000;
  return Number.isNaN(length) ? null : Math.round(length);
}

function sentence(value: string): string {
  const words = value.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function byMonth(activities: Shown[], portal: Portal): { name: string; activities: Shown[] }[] {
  const format = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: portal.timeZone });
  const months = new Map<string, Shown[]>();
  for (const each of activities) {
    const name = Number.isNaN(each.at) ? 'Without a date' : format.format(each.at);
    months.set(name, [...(months.get(name) ?? []), each]);
  }
  return [...months].map(([name, found]) => ({ name, activities: found }));
}

function associated(
  parts: Parts,
  control: CrmControl,
  portal: Portal,
  type: ObjectType,
  record: StoredRecord,
  isActivity: boolean,
): object[] {
  return parts.crm.catalogue
    .types(portal.id)
    .filter((target) => isActivity || target.kind !== 'activity')
    .map((target) => ({
      label: typeLabel(parts, portal, target),
      records: control
        .associations(type.typeId, record.id, target.typeId, { portalId: portal.id })
        .filter((each) => !each.archived)
        .map((each) => ({
          href: href(portal.id, target.typeId, each.id),
          title: titleOf(target, each.id, parts.crm.records.get(portal.id, target.typeId, each.id)?.properties ?? {}),
          labels: each.types.flatMap((held) => (held.label === null ? [] : [held.label])).join(', '),
        })),
    }))
    .filter((group) => group.records.length > 0 || isCore(type, group.label));
}

/** Whether a panel is one of the three that HubSpot always shows, even when empty. */
function isCore(type: ObjectType, label: string): boolean {
  return type.kind !== 'activity' && ['Contacts', 'Companies', 'Deals'].includes(label);
}
