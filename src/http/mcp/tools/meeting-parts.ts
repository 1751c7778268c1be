import { z } from 'zod';
import type { ContextRecord, MeetingContext } from '../../../meeting/context';
import type { ProcessedMeeting } from '../../../meeting/intake/schema';
import { LINK_VIA } from '../../../meeting/linking/cascade';
import type { StatusDocument } from '../../../meeting/status';
import type { ConnectionRow } from '../../../store/connections/connections';
import { outside, outsideOrNull, outsideText, piecesOf, type OutsideText } from '../outside-text';
import { pageFrom, pageOf, type Page } from '../paging';
import { record, SHORT, showRecord } from '../shown';
import { chunksOf } from '../../../store/chunks';

/** The most characters of one piece of a long text. */
const PIECE = 2_000;
/** The most properties of one entry of a record, and the records that it is associated with. */
const MOST_PROPERTIES = 30;
const MOST_ASSOCIATED = 20;

/** A long text comes in pieces, one entry each. */
const piece = {
  text: outsideText,
  continues: z.boolean().meta({ description: 'The text goes on in the next entry' }),
};

const named = z.object({ id: z.string(), name: outsideText.nullable() }).nullable();

const person = z.object({ name: outsideText.nullable(), email: outsideText.nullable() });

const items = {
  overview: z.object(piece),
  topics: z.object({ title: outsideText, ...piece }),
  nextSteps: z.object({
    ...piece,
    owner: outsideText.nullable(),
    dueDate: z.string().nullable(),
    task: z
      .object({ id: z.string(), url: z.string(), state: z.enum(['open', 'completed', 'deleted']) })
      .nullable()
      .meta({ description: 'Its task in HubSpot' }),
  }),
  notes: z.object({
    category: outsideText,
    kind: z.enum(['note', 'clip']),
    ...piece,
    startSeconds: z.number().nullable(),
    clipUrl: outsideText.nullable(),
  }),
  participants: person.extend({ internal: z.boolean() }),
  unmatched: person,
  records: record.extend({
    via: z.enum(LINK_VIA),
    typeName: outsideText.nullable(),
    pipeline: named,
    stage: z.object({ id: z.string(), name: outsideText.nullable(), isClosed: z.boolean().nullable() }).nullable(),
    owner: named,
    archived: z.boolean(),
    associatedWith: z
      .array(z.string())
      .meta({ description: 'Linked records, such as companies/123; the first twenty' }),
    associatedCount: z.number().int(),
    properties: z.record(z.string(), outsideText).meta({ description: 'As of readAt, without empty ones' }),
    continues: z.boolean().meta({ description: 'The next entry is the same record, with more of its properties' }),
    readAt: z.string().nullable(),
  }),
  fields: z.object({
    objectType: z.string(),
    id: z.string(),
    property: z.string(),
    state: z.enum(['written', 'kept', 'review', 'refused', 'older']),
    value: outsideText.nullable(),
    before: outsideText.nullable(),
    reason: outsideText.nullable(),
  }),
  warnings: z.object({ path: outsideText, message: outsideText }),
};

export type PartName = keyof typeof items;
export const PART_NAMES = [
  'overview',
  'topics',
  'nextSteps',
  'notes',
  'participants',
  'unmatched',
  'records',
  'fields',
  'warnings',
] as const satisfies readonly PartName[];

/** The lists of a meeting. */
export const parts = z.object({
  overview: pageOf(items.overview),
  topics: pageOf(items.topics),
  nextSteps: pageOf(items.nextSteps),
  notes: pageOf(items.notes).meta({ description: 'Notes and clips by category' }),
  participants: pageOf(items.participants).meta({ description: 'Without the host' }),
  unmatched: pageOf(items.unmatched).meta({ description: 'External people whom HubSpot does not know' }),
  records: pageOf(items.records).meta({ description: 'The linked HubSpot records: the business context' }),
  fields: pageOf(items.fields).meta({ description: 'Values of the meeting for properties of these records' }),
  warnings: pageOf(items.warnings),
});
type Parts = z.input<typeof parts>;

/** What a meeting's parts are read from. `body` is null after the content was deleted. */
export interface PartSources {
  readonly body: ProcessedMeeting | null;
  readonly document: StatusDocument;
  readonly context: MeetingContext;
  readonly connection: ConnectionRow | null;
}

/** One page of one part. */
export function partOf(
  sources: PartSources,
  name: PartName,
  offset: number,
  most: { readonly count: number; readonly characters: number },
): Page<unknown> {
  return pageFrom<unknown>(LISTS[name](sources), { list: name, offset, version: versionOf(sources) }, most);
}

/** The first page of every part. Together they are short enough for one answer. */
export function firstPages(sources: PartSources): Parts {
  const version = versionOf(sources);
  const page = <Item>(list: PartName, all: readonly Item[], count: number, characters: number) =>
    pageFrom(all, { list, offset: 0, version }, { count, characters });
  return {
    overview: page('overview', LISTS.overview(sources), 1, PIECE),
    topics: page('topics', LISTS.topics(sources), 10, 2_000),
    nextSteps: page('nextSteps', LISTS.nextSteps(sources), 10, 2_500),
    notes: page('notes', LISTS.notes(sources), 5, 2_500),
    participants: page('participants', LISTS.participants(sources), 20, 2_500),
    unmatched: page('unmatched', LISTS.unmatched(sources), 10, 1_000),
    records: page('records', LISTS.records(sources), 10, 5_000),
    fields: page('fields', LISTS.fields(sources), 10, 2_000),
    warnings: page('warnings', LISTS.warnings(sources), 5, 1_000),
  };
}

/** Changes with the meeting and with every pass, so that a cursor of a list that has changed is not continued. */
export function versionOf({ document }: PartSources): string {
  return document.updatedAt;
}

/** The entries of each part. Only what an answer shows is computed: a meeting may have megabytes. */
const LISTS: { readonly [Name in PartName]: (sources: PartSources) => z.input<(typeof items)[Name]>[] } = {
  overview: ({ body }) => (body?.summary.overview === undefined ? [] : inPieces(body.summary.overview)),
  topics: ({ body }) =>
    (body?.summary.topics ?? []).flatMap(({ title, detail = '' }) =>
      inPieces(detail).map((text) => ({ title: outside(title, SHORT), ...text })),
    ),
  nextSteps: ({ body, document }) => nextStepsOf(body?.summary.nextSteps ?? [], document),
  notes: ({ body }) =>
    (body?.smartCategories ?? []).flatMap(({ name, items: notes }) =>
      notes.flatMap(({ kind, text, startSeconds = null, clipUrl }) =>
        inPieces(text).map((each) => ({
          category: outside(name, SHORT),
          kind,
          ...each,
          startSeconds,
          clipUrl: outsideOrNull(clipUrl),
        })),
      ),
    ),
  participants: ({ body }) =>
    (body?.participants ?? []).map(({ name, email, internal = false }) => ({
      ...showPerson({ name, email }),
      internal,
    })),
  unmatched: ({ document }) => document.unmatched.map(showPerson),
  records: ({ context: { contacts, companies, deals, customObjects }, connection }) =>
    [contacts, companies, deals, customObjects].flat().flatMap((each) => showContext(each, connection)),
  fields: ({ document }) =>
    document.fields.map(({ objectType, id, property, state, value, before, reason }) => ({
      objectType,
      id,
      property,
      state,
      value: outsideOrNull(value, SHORT),
      before: outsideOrNull(before, SHORT),
      reason: outsideOrNull(reason, 500),
    })),
  warnings: ({ document }) =>
    document.warnings.map(({ path, message }) => ({ path: outside(path, SHORT), message: outside(message, 500) })),
};

function nextStepsOf(
  steps: ProcessedMeeting['summary']['nextSteps'],
  { tasks }: StatusDocument,
): z.input<typeof items.nextSteps>[] {
  return steps.flatMap(({ text, owner, dueDate = null, id }) => {
    const task = tasks.find(({ stepId, text: of }) => (id === undefined ? of === text : stepId === id));
    return inPieces(text).map((each) => ({
      ...each,
      owner: outsideOrNull(owner, SHORT),
      dueDate,
      task: task === undefined ? null : { id: task.id, url: task.url, state: task.state },
    }));
  });
}

/** The entries of a text, at least one: a topic without a detail is still a topic. */
function inPieces(text: string): { text: OutsideText; continues: boolean }[] {
  const pieces = text === '' ? [''] : piecesOf(text, PIECE);
  return pieces.map((each, index) => ({ text: { untrusted: each }, continues: index < pieces.length - 1 }));
}

function showPerson({
  name,
  email,
}: {
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
}) {
  return { name: outsideOrNull(name, SHORT), email: outsideOrNull(email, SHORT) };
}

/** The entries of a record: more than one if it has many properties. */
function showContext(found: ContextRecord, connection: ConnectionRow | null): z.input<typeof items.records>[] {
  const { name, pipeline, stage, owner, properties } = found;
  const filled = Object.entries(properties ?? {}).flatMap(([property, value]) =>
    value === null || value === '' ? [] : [[property, outside(value, SHORT)] as const],
  );
  const head = {
    ...showRecord(found, { connection, names: new Map() }),
    name: outsideOrNull(name, SHORT),
    via: found.via,
    typeName: outsideOrNull(found.typeName, SHORT),
    pipeline: pipeline && { id: pipeline.id, name: outsideOrNull(pipeline.name, SHORT) },
    stage: stage && { id: stage.id, name: outsideOrNull(stage.name, SHORT), isClosed: stage.isClosed },
    owner: owner && { id: owner.id, name: outsideOrNull(owner.name ?? owner.email, SHORT) },
    archived: found.archived,
    associatedWith: found.associatedWith.slice(0, MOST_ASSOCIATED).map(({ objectType, id }) => `${objectType}/${id}`),
    associatedCount: found.associatedWith.length,
    readAt: found.readAt,
  };
  const chunks = chunksOf(filled, MOST_PROPERTIES);
  return (chunks.length === 0 ? [[]] : chunks).map((chunk, index) => ({
    ...head,
    properties: Object.fromEntries(chunk),
    continues: index < chunks.length - 1,
  }));
}
