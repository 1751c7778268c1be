import type { Crm } from '../crm/crm';
import type { Portal } from '../crm/catalogue';
import { updateEcho } from '../crm/derived-properties';
import type { ObjectType } from '../crm/object-types';
import { instantText } from '../crm/property-values';
import type { StoredRecord, Values } from '../crm/records';
import type { BatchError } from '../errors';
import { seededRandom } from './faults';
import type { Parts } from './api';

export interface RecordView {
  /** Properties asked for; empty means the type's usual ones. Unknown names are ignored, as HubSpot does in reads. */
  properties: readonly string[];
  withHistory?: readonly string[];
  associations?: readonly string[];
}

/** A record as reads show it: what was asked, null where never set, and its id and times always. */
export function recordAnswer(parts: Parts, portal: Portal, type: ObjectType, record: StoredRecord, view: RecordView) {
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

/** A record as creates show it: everything that it has, and nothing of its associations. */
export function createdAnswer(parts: Parts, portal: Portal, type: ObjectType, record: StoredRecord) {
  return envelope(parts, portal, type, record, answered(parts, record.properties));
}

function answered(parts: Parts, values: Values): Values {
  const { unansweredProperties } = parts.settings;
  return sorted(Object.fromEntries(Object.entries(values).filter(([name]) => !unansweredProperties.includes(name))));
}

/** A record as updates show it: what was written, what follows from it, and a few that HubSpot always names. */
export function updatedAnswer(parts: Parts, portal: Portal, type: ObjectType, record: StoredRecord, touched: string[]) {
  const names = new Set([...touched, ...updateEcho(type)]);
  const properties = Object.fromEntries(Object.entries(record.properties).filter(([name]) => names.has(name)));
  return envelope(parts, portal, type, record, answered(parts, properties));
}

function envelope(
  parts: Parts,
  portal: Portal,
  type: ObjectType,
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
    url: recordUrl(parts.origin(), portal.id, type.typeId, record.id),
  };
}

/**
 * HubSpot's own address of a record's page, served by the sandbox. That of a note is the list of notes with a filter on
 * its id, that of a task the task queue (both recorded).
 */
export function recordUrl(origin: string, portalId: number, typeId: string, id: string): string {
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
function counted(crm: Crm, record: StoredRecord, name: string): string | null {
  const target = name === 'num_associated_contacts' ? '0-1' : name === 'num_associated_deals' ? '0-3' : null;
  if (target === null) return null;
  return String(crm.associations.of(record.portalId, record, target, false).length);
}

function historyOf(crm: Crm, record: StoredRecord, names: readonly string[]) {
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

/** `?associations=`: strings for ids, and of companies only the primary one [D], at most 100 of each. */
function associationsPart(
  parts: Parts,
  portal: Portal,
  type: ObjectType,
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

/** Associated records with the v3 names of their types; labelled pairs come once for each name. */
export function v3Associated(
  parts: Parts,
  portal: Portal,
  type: ObjectType,
  record: { typeId: string; id: string },
  target: ObjectType,
): { id: string; type: string }[] {
  const types = parts.crm.associationTypes.between(portal.id, type.typeId, target.typeId);
  const hasPrimary = types.some((each) => each.label === 'Primary') && target.typeId === '0-2';
  return parts.crm.associations
    .of(portal.id, record, target.typeId, parts.settings.staleAssociations)
    .flatMap((entry) =>
      entry.types.flatMap((held) => {
        const known = types.find((each) => each.category === held.category && each.typeId === held.typeId);
        return known === undefined || (hasPrimary && known.label !== 'Primary')
          ? []
          : [{ id: entry.id, type: known.name }];
      }),
    );
}

/** The envelope of every batch answer; 207 when there are errors. */
export function batchAnswer(
  parts: Parts,
  batch: { status: 200 | 201; results: unknown[]; errors?: BatchError[]; startedAt: number },
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

/** Another order than the one given, whenever there are two or more: never the inputs' order by luck. */
export function shuffled<T>(values: readonly T[]): T[] {
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
