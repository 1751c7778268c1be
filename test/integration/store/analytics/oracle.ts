import {
  contextMatches,
  contextRecord,
  filtersContext,
  fold,
  type ContextRecord,
  type ContextType,
} from './oracle-context';
import type { Asked } from './asked';
import type { Raw } from './raw';

export interface Meeting {
  readonly id: string;
  readonly startedAt: Date;
  readonly day: string;
  readonly title: string;
  readonly skipped: boolean;
  readonly hostEmail: string;
  readonly hostName: string | null;
  readonly score: number | null;
  /** Counting key to the spelling of the first mention. */
  readonly topics: ReadonlyMap<string, string>;
  readonly categories: ReadonlyMap<string, string>;
  readonly steps: readonly { readonly text: string; readonly owner: string | null; readonly due: string | null }[];
  /** Those that HubSpot has, or had. */
  readonly tasks: readonly Task[];
  readonly people: readonly string[];
  readonly unmatched: readonly { readonly key: string; readonly name: string | null; readonly email: string | null }[];
  /** Record ids by object type: the links of today, with merged records resolved. */
  readonly linked: ReadonlyMap<string, ReadonlySet<string>>;
  /** Object types of the stored links. */
  readonly linkedTypes: ReadonlySet<string>;
}

/** The task of a next step. Days are those of the account. */
export interface Task {
  readonly text: string;
  readonly position: number;
  readonly ownerEmail: string;
  readonly dueDay: string;
  readonly completedDay: string | null;
  readonly deleted: boolean;
}

export interface Deal {
  readonly id: string;
  readonly name: string | null;
  readonly archived: boolean;
  readonly outcome: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly pipelineId: string | null;
  readonly stageId: string | null;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly daysToClose: number | null;
}

/** The account's data that the reports have to use. */
export interface Seen {
  readonly asked: Asked;
  readonly raw: Raw;
  readonly portalId: number | null;
  readonly today: string;
  readonly dayOf: (time: Date) => string;
  /** Every meeting that any report counts, including skipped ones. */
  readonly meetings: readonly Meeting[];
  /** The meetings that pass the filters. */
  readonly scoped: readonly Meeting[];
  readonly deal: (id: string) => Deal;
  /** A meeting's deals that match the filters' pipeline and stage. */
  readonly dealsOf: (meeting: Meeting) => readonly Deal[];
  /** A meeting's companies or contacts that match the filters by their properties. */
  readonly contextOf: (meeting: Meeting, type: ContextType) => readonly ContextRecord[];
  readonly survivorOf: (type: string, id: string) => string;
  readonly labelOf: (grouping: 'outcome' | 'pipeline' | 'stage', key: string) => string;
  /** The name of a stage without its pipeline. */
  readonly stageNameOf: (key: string) => string;
  readonly placeOf: (grouping: 'outcome' | 'pipeline' | 'stage', key: string) => number;
}

const DAY = 86_400_000;

const labels = (texts: readonly string[]) => {
  const found = new Map<string, string>();
  for (const text of texts) if (fold(text) !== '' && !found.has(fold(text))) found.set(fold(text), text.trim());
  return found;
};

/** Selects from the raw tables what a report of one workspace has to use. */
export function see(raw: Raw, asked: Asked): Seen {
  const connection = raw.connections.find((one) => one.workspace_id === asked.workspaceId);
  const portalId = connection?.portal_id ?? null;
  const dayOf = daysIn(connection?.time_zone ?? 'UTC');
  const records = new Map(
    raw.records.filter((one) => one.portal_id === portalId).map((one) => [`${one.object_type}/${one.record_id}`, one]),
  );
  const survivorOf = (type: string, id: string) => {
    let current = id;
    for (let step = 0; step < 20; step += 1) current = records.get(`${type}/${current}`)?.merged_into ?? current;
    return current;
  };
  const known = new Map<string, Deal>();
  const deal = (id: string) => {
    const found = known.get(id) ?? dealOf(raw, portalId, id, records.get(`deals/${id}`));
    known.set(id, found);
    return found;
  };
  const meetings = meetingsOf(raw, { workspaceId: asked.workspaceId, portalId, dayOf, survivorOf });
  const dealsOf = (meeting: Meeting) =>
    [...(meeting.linked.get('deals') ?? [])].map(deal).filter((one) => dealMatches(one, asked.filters));
  const contextOf = (meeting: Meeting, type: ContextType) =>
    [...(meeting.linked.get(type) ?? [])]
      .map((id) => contextRecord(id, records.get(`${type}/${id}`)))
      .filter((record) => contextMatches(record, type, asked.filters));
  return {
    asked,
    raw,
    portalId,
    contextOf,
    today: dayOf(asked.now),
    dayOf,
    meetings,
    scoped: meetings
      .filter((meeting) => meetingMatches(meeting, dealsOf(meeting), asked.filters, survivorOf))
      .filter((meeting) =>
        (['companies', 'contacts'] as const).every(
          (type) => !filtersContext(type, asked.filters) || contextOf(meeting, type).length > 0,
        ),
      ),
    deal,
    dealsOf,
    survivorOf,
    ...groupsOf(raw, portalId),
  };
}

function daysIn(timeZone: string): Seen['dayOf'] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (time) => format.format(time);
}

type View = Pick<Seen, 'portalId' | 'dayOf' | 'survivorOf'> & { readonly workspaceId: string };

function meetingsOf(raw: Raw, { workspaceId, portalId, dayOf, survivorOf }: View): Meeting[] {
  const links = Map.groupBy(
    raw.links.filter(
      (link) => link.workspace_id === workspaceId && link.portal_id === portalId && link.refused === null,
    ),
    (link) => link.meeting_id,
  );
  const people = Map.groupBy(
    raw.participants.filter((one) => one.workspace_id === workspaceId),
    (one) => one.meeting_id,
  );
  return raw.meetings.flatMap((row): Meeting[] => {
    const { body } = row;
    if (row.workspace_id !== workspaceId || body === null || row.erasing || row.status === 'deleted') return [];
    const { aiScore, topics, nextSteps } = body.summary;
    const linked = new Map<string, Set<string>>();
    for (const link of links.get(row.meeting_id) ?? []) {
      const ids = linked.get(link.object_type) ?? new Set<string>();
      linked.set(link.object_type, ids.add(survivorOf(link.object_type, link.record_id)));
    }
    return [
      {
        id: row.meeting_id,
        startedAt: row.started_at,
        day: dayOf(row.started_at),
        title: row.title,
        skipped: row.status === 'skipped',
        hostEmail: body.host.email.toLowerCase(),
        hostName: body.host.name ?? null,
        score: aiScore === undefined ? null : (aiScore.value / aiScore.max) * 100,
        topics: labels(topics.map(({ title }) => title)),
        categories: labels(body.smartCategories.filter(({ items }) => items.length > 0).map(({ name }) => name)),
        steps: nextSteps.map(({ text, owner, dueDate }) => ({ text, owner: owner ?? null, due: dueDate ?? null })),
        tasks: tasksOf(raw, { workspaceId, portalId, dayOf }, row.meeting_id),
        people: (people.get(row.meeting_id) ?? []).map(({ email }) => email),
        unmatched: portalId === null || row.portal_id !== portalId ? [] : row.unmatched.flatMap(unmatchedPerson),
        linked,
        linkedTypes: new Set((links.get(row.meeting_id) ?? []).map((link) => link.object_type)),
      },
    ];
  });
}

function tasksOf(
  { tasks, engagements }: Raw,
  { workspaceId, portalId, dayOf }: Pick<View, 'workspaceId' | 'portalId' | 'dayOf'>,
  meetingId: string,
): Task[] {
  const isHere = (one: Raw['engagements'][number] | Raw['tasks'][number]) =>
    one.workspace_id === workspaceId && one.portal_id === portalId && one.meeting_id === meetingId;
  return tasks.filter(isHere).flatMap((task): Task[] => {
    const written = engagements.find((one) => isHere(one) && one.kind === task.kind);
    if (written === undefined || written.hubspot_id === null) return [];
    return [
      {
        text: task.text,
        position: task.position,
        ownerEmail: task.owner_email,
        dueDay: dayOf(task.due_at),
        completedDay: task.completed_at === null ? null : dayOf(task.completed_at),
        deleted: written.deleted_at !== null,
      },
    ];
  });
}

function unmatchedPerson({
  email,
  name,
}: Raw['meetings'][number]['unmatched'][number]): Meeting['unmatched'][number][] {
  if (email === null && name === null) return [];
  return [{ key: email?.toLowerCase() ?? `name:${name}`, name, email: email?.toLowerCase() ?? null }];
}

const dealMatches = (deal: Deal, { pipeline, stage }: Asked['filters']) =>
  (pipeline === undefined || deal.pipelineId === pipeline) && (stage === undefined || deal.stageId === stage);

/** @param deals - the deals of the meeting that match the filters */
function meetingMatches(
  meeting: Meeting,
  deals: readonly Deal[],
  { from, to, owner, pipeline, stage, company, object }: Asked['filters'],
  survivorOf: Seen['survivorOf'],
): boolean {
  const isLinked = (type: string, id: string) => meeting.linked.get(type)?.has(survivorOf(type, id)) === true;
  const [objectType = '', objectId = ''] = object?.split('/') ?? [];
  return (
    (from === undefined || meeting.day >= from) &&
    (to === undefined || meeting.day <= to) &&
    (owner === undefined || meeting.hostEmail === owner) &&
    ((pipeline === undefined && stage === undefined) || deals.length > 0) &&
    (company === undefined || isLinked('companies', company)) &&
    (object === undefined || isLinked(objectType, objectId))
  );
}

const NOT_KNOWN: Omit<Deal, 'id' | 'outcome' | 'pipeline' | 'stage'> = {
  name: null,
  archived: false,
  pipelineId: null,
  stageId: null,
  properties: {},
  daysToClose: null,
};

function dealOf(raw: Raw, portalId: number | null, id: string, record: Raw['records'][number] | undefined): Deal {
  const like = (what: string) => ({ ...NOT_KNOWN, id, outcome: what, pipeline: what, stage: what });
  if (record === undefined || record.merged_into !== null) return like('(unknown)');
  if (record.archived) return { ...like('(archived)'), archived: true };
  const { properties } = record;
  if (properties === null) return like('(unknown)');
  const [pipelineId, stageId] = [properties['pipeline'] || null, properties['dealstage'] || null];
  const stage = raw.stages.find(
    (one) =>
      one.portal_id === portalId &&
      one.object_type === 'deals' &&
      one.pipeline_id === pipelineId &&
      one.stage_id === stageId,
  );
  const closed = properties['hs_is_closed'] ? properties['hs_is_closed'] === 'true' : stage?.is_closed === true;
  const reportedWon = properties['hs_is_closed_won'] || null;
  const won = reportedWon === 'true' || (closed && reportedWon === null && stage?.probability === 1);
  const outcome = won ? 'won' : closed ? 'lost' : 'open';
  const days = (Date.parse(timeText(properties['closedate'])) - Date.parse(timeText(properties['createdate']))) / DAY;
  return {
    id,
    name: properties['dealname'] || null,
    archived: false,
    outcome,
    pipeline: pipelineId ?? '(unknown)',
    stage: pipelineId === null || stageId === null ? '(unknown)' : `${pipelineId}/${stageId}`,
    pipelineId,
    stageId,
    properties,
    daysToClose: outcome !== 'open' && days >= 0 ? days : null,
  };
}

/** Reads ISO 8601 or milliseconds: HubSpot returns both. */
export function timeText(text: string | null | undefined): string {
  if (!text) return '';
  return /^\d+$/.test(text) ? new Date(Number(text)).toISOString() : text;
}

const OUTCOMES = new Map([
  ['won', 'Won'],
  ['lost', 'Lost'],
  ['open', 'Open'],
  ['(archived)', 'Archived in HubSpot'],
  ['(unknown)', 'Not known yet'],
  ['(none)', 'No deal'],
]);

function groupsOf(raw: Raw, portalId: number | null): Pick<Seen, 'labelOf' | 'placeOf' | 'stageNameOf'> {
  const mine = <Row extends { portal_id: number; object_type: string; position: number }>(rows: readonly Row[]) =>
    rows
      .filter((row) => row.portal_id === portalId && row.object_type === 'deals')
      .toSorted((a, b) => a.position - b.position);
  const pipelines = mine(raw.pipelines);
  const stages = mine(raw.stages);
  const special = ['(archived)', '(unknown)', '(none)'].map((key): [string, string] => [key, OUTCOMES.get(key) ?? '']);
  const groups = {
    outcome: OUTCOMES,
    pipeline: new Map([...pipelines.map((one): [string, string] => [one.pipeline_id, one.label]), ...special]),
    stage: new Map([
      ...pipelines.flatMap((pipeline) =>
        stages
          .filter((one) => one.pipeline_id === pipeline.pipeline_id)
          .map((one): [string, string] => [
            `${pipeline.pipeline_id}/${one.stage_id}`,
            pipelines.length > 1 ? `${pipeline.label}: ${one.label}` : one.label,
          ]),
      ),
      ...special,
    ]),
  };
  return {
    labelOf: (grouping, key) => groups[grouping].get(key) ?? key,
    stageNameOf: (key) =>
      stages.find((one) => `${one.pipeline_id}/${one.stage_id}` === key)?.label ??
      new Map(special).get(key) ??
      key.split('/').at(-1) ??
      key,
    placeOf(grouping, key) {
      const place = [...groups[grouping].keys()].indexOf(key);
      return place === -1 ? Infinity : place;
    },
  };
}
