import { typeAmong } from '../crm/association-types';
import type { SandboxCrm } from '../crm/crm';
import type { SandboxPortal } from '../crm/catalogue';
import { updateEcho } from '../crm/derived-properties';
import type { SandboxObjectType } from '../crm/object-types';
import { instantText } from '../crm/property-values';
import type { StoredRecord, Values } from '../crm/records';
import type { BatchErrorEntry } from '../errors';
import { seededRandom } from './faults';
import type { Parts } from './api';

export interface RecordView {
  /**
   * The requested properties. Empty means the type's default ones. Unknown names are ignored, as HubSpot does in reads.
   */
  properties: readonly string[];
  withHistory?: readonly string[];
  associations?: readonly string[];
}

/** Returns a record as reads show it: the requested properties, null where never set, and always its id and times. */
export function recordAnswer(
  parts: Parts,
  portal: SandboxPortal,
  type: SandboxObjectType,
  record: StoredRecord,
  view: RecordView,
) {
  const definitions = parts.crm.properties.of(portal.id, type);
  const wanted = view.properties.length === 0 ? type.shown : view.properties.map((name) => name.toLowerCase());
  const names = new Set([...wanted, ...(view.withHistory ?? []), type.created, type.modified, 'hs_object_id']);
  const properties: Record<string, string | null> = {};
  for (const name of [...names].toSorted()) {
    if (!definitions.has(name)) continue;
    properties[name] = counted(parts.crm, record, name) ?? record.properties[name] ?? null;
  }
  return {
    ...envelope(parts, portal, type, record, properties),
    ...(view.withHistory === undefined || view.withHistory.length === 0
      ? {}
      : { propertiesWithHistory: historyOf(parts.crm, record, view.withHistory) }),
    ...associationsPart(parts, portal, type, record, view.associations ?? []),
  };
}

/** Returns a record as creates show it: all its properties, and none of its associations. */
export function createdAnswer(parts: Parts, portal: SandboxPortal, type: SandboxObjectType, record: StoredRecord) {
  return envelope(parts, portal, type, record, answered(parts, record.properties));
}

function answered(parts: Parts, values: Values): Values {
  const { unansweredProperties } = parts.settings;
  return sorted(Object.fromEntries(Object.entries(values).filter(([name]) => !unansweredProperties.includes(name))));
}

/**
 * Returns a record as updates show it: the written properties, what follows from them, and a few that HubSpot always
 * adds.
 */
export function updatedAnswer(
  parts: Parts,
  portal: SandboxPortal,
  type: SandboxObjectType,
  record: StoredRecord,
  touched: string[],
) {
  const names = new Set([...touched, ...updateEcho(type)]);
  const properties = Object.fromEntries(Object.entries(record.properties).filter(([name]) => names.has(name)));
  return envelope(parts, portal, type, record, answered(parts, properties));
}

function envelope(
  parts: Parts,
  portal: SandboxPortal,
  type: SandboxObjectType,
  record: StoredRecord,
  properties: Record<string, string | null>,
) {
  return {
    id: record.id,
    properties,
    createdAt: instantText(record.createdAt),
    updatedAt: instantText(record.updatedAt),
    archived: record.archived,
    ...(record.archivedAt === null ? {} : { archivedAt: instantText(record.archivedAt) }),
    url: recordPageUrl(parts.origin(), portal.id, type.typeId, record.id),
  };
}

/**
 * Returns HubSpot's address of a record's page, served by the sandbox. That of a note is the list of notes with a
 * filter on its id, and that of a task is the task queue (both recorded).
 */
function recordPageUrl(origin: string, portalId: number, typeId: string, id: string): string {
  switch (typeId) {
    case '0-46': {
      const filters = JSON.stringify([{ property: 'hs_object_id', operator: 'EQ', value: id }]);
      return `${origin}/contacts/${portalId}/objects/${typeId}/views/all/list?filters=${encodeURIComponent(filters)}`;
    }
    case '0-27':
      return `${origin}/tasks/${portalId}/view/all/task/${id}`;
    default:
      return `${origin}/contacts/${portalId}/record/${typeId}/${id}`;
  }
}

function sorted(values: Values): Values {
  return Object.fromEntries(Object.entries(values).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Counts of associations change without a write to the record, so they are looked up. */
function counted(crm: SandboxCrm, record: StoredRecord, name: string): string | null {
  const target = name === 'num_associated_contacts' ? '0-1' : name === 'num_associated_deals' ? '0-3' : null;
  if (target === null) return null;
  return String(crm.associations.of(record.portalId, record, target, false).length);
}

function historyOf(crm: SandboxCrm, record: StoredRecord, names: readonly string[]) {
  return Object.fromEntries(
    names.map((name) => [
      name,
      crm.records.history(record, name).map((entry) => ({
        value: entry.value,
        timestamp: instantText(entry.at),
        sourceType: entry.source,
        sourceId: '4242001',
      })),
    ]),
  );
}

/**
 * `?associations=`: ids are strings, companies include only the primary one (documented), and there are at most 100 of each
 * type.
 */
function associationsPart(
  parts: Parts,
  portal: SandboxPortal,
  type: SandboxObjectType,
  record: StoredRecord,
  names: readonly string[],
): { associations?: Record<string, unknown> } {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const target = parts.crm.catalogue.type(portal.id, name);
    if (target === undefined) continue;
    const results = v3Associated(parts, portal, type, record, target).slice(0, 100);
    if (results.length > 0) found[target.plural] = { results };
  }
  return Object.keys(found).length === 0 ? {} : { associations: found };
}

/** Returns associated records with the v3 names of their types. Labelled pairs occur once per name. */
export function v3Associated(
  parts: Parts,
  portal: SandboxPortal,
  type: SandboxObjectType,
  record: { typeId: string; id: string },
  target: SandboxObjectType,
): { id: string; type: string }[] {
  const types = parts.crm.associationTypes.between(portal.id, type.typeId, target.typeId);
  const hasPrimary = types.some((each) => each.label === 'Primary') && target.typeId === '0-2';
  return parts.crm.associations
    .of(portal.id, record, target.typeId, parts.settings.staleAssociations)
    .flatMap((entry) =>
      entry.types.flatMap((present) => {
        const known = typeAmong(types, present);
        return known === undefined || (hasPrimary && known.label !== 'Primary')
          ? []
          : [{ id: entry.id, type: known.name }];
      }),
    );
}

/** Returns the envelope of every batch response: 207 when there are errors. */
export function batchResult(
  parts: Parts,
  batch: { status: 200 | 201; results: unknown[]; errors?: BatchErrorEntry[]; startedAt: number },
): { status: number; body: unknown } {
  const errors = batch.errors ?? [];
  return {
    status: errors.length > 0 ? 207 : batch.status,
    body: {
      completedAt: new Date().toISOString(),
      status: 'COMPLETE',
      startedAt: new Date(batch.startedAt).toISOString(),
      results: parts.settings.shuffleBatches ? shuffled(batch.results) : batch.results,
      ...(errors.length === 0 ? {} : { errors, numErrors: errors.length }),
    },
  };
}

const random = seededRandom(20_260_301);

/** Always changes the order of two or more values, so that results never happen to be in the inputs' order. */
function shuffled<T>(values: readonly T[]): T[] {
  const mixed = [...values];
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const [left, right] = [mixed[index], mixed[other]];
    if (left === undefined || right === undefined) continue;
    mixed[index] = right;
    mixed[other] = left;
  }
  const unchanged = mixed.length > 1 && mixed.every((value, index) => value === values[index]);
  return unchanged ? mixed.toReversed() : mixed;
}
