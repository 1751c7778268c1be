import { z } from 'zod';
import type { InlineAssociation } from '../crm/linking';
import { upperName } from '../crm/object-types';
import type { SandboxObjectType } from '../crm/object-types';
import type { StoredRecord, Values } from '../crm/records';
import { ApiError, batchErrorEntry, validationError } from '../errors';
import type { BatchErrorEntry } from '../errors';
import { idShape, parseBody, propertiesShape, requireScope, typeOf } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { batchResult, createdAnswer, recordAnswer, updatedAnswer } from './answers';
import { associationsShape, objectPaths } from './objects';

const LARGEST_BATCH = 100;
const LARGEST_BATCH_WITH_HISTORY = 50;

const trace = z.string().nullish();
const readShape = z.object({
  inputs: z.array(z.object({ id: idShape })),
  properties: z.array(z.string()).nullish(),
  propertiesWithHistory: z.array(z.string()).nullish(),
  idProperty: z.string().nullish(),
});
const createShape = z.object({
  inputs: z.array(
    z.object({ properties: propertiesShape, associations: associationsShape, objectWriteTraceId: trace }),
  ),
});
const updateShape = z.object({
  inputs: z.array(
    z.object({ id: idShape, idProperty: z.string().nullish(), properties: propertiesShape, objectWriteTraceId: trace }),
  ),
});
const archiveShape = z.object({ inputs: z.array(z.object({ id: idShape })) });

/** Batches of records. Their results are never in the order of the inputs. */
export function batchRoutes(api: ApiRoutes, parts: Parts): void {
  api.route('POST', objectPaths('/:type/batch/read'), 'objects', (call) => read(parts, call));
  api.route('POST', objectPaths('/:type/batch/create'), 'objects', (call) => create(parts, call));
  api.route('POST', objectPaths('/:type/batch/update'), 'objects', (call) => update(parts, call));
  api.route('POST', objectPaths('/:type/batch/upsert'), 'objects', (call) => upsert(parts, call));
  api.route('POST', objectPaths('/:type/batch/archive'), 'objects', (call) => archive(parts, call));
}

function checkSize(inputs: readonly unknown[], largest = LARGEST_BATCH): void {
  if (inputs.length > largest) {
    throw validationError(
      largest === LARGEST_BATCH
        ? `The maximum number of inputs supported in a batch is ${largest}. Please reduce the number of items and try again`
        : `The maximum number of inputs supported in a batch request for property histories is ${largest}`,
    );
  }
}

function checkDistinct(ids: readonly string[]): void {
  const doubled = ids.find((id, index) => ids.indexOf(id) !== index);
  if (doubled !== undefined) {
    throw validationError(`Duplicate IDs found in batch input: [${doubled}]. IDs must be unique`, {
      context: { ids: [doubled] },
    });
  }
}

function read(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const type = typeOf(parts, call);
  requireScope(call, type.readScope);
  const request = parseBody(readShape, call.body);
  const withHistory = request.propertiesWithHistory ?? [];
  checkSize(request.inputs, withHistory.length > 0 ? LARGEST_BATCH_WITH_HISTORY : LARGEST_BATCH);
  const archived = call.query.flag('archived');
  const idProperty = request.idProperty ?? undefined;
  const found: StoredRecord[] = [];
  const missing: string[] = [];
  // A repeated id has one result. A 400 is recorded for updates only.
  for (const id of new Set(request.inputs.map((input) => input.id))) {
    const actual =
      idProperty === undefined ? id : parts.crm.lookup.idByProperty(call.portal, type, idProperty, id, false);
    const record = actual === undefined ? undefined : parts.crm.records.get(call.portal.id, type.typeId, actual);
    // A merged id is not followed here: no source shows batch reads doing so, only single ones.
    if (record === undefined || record.archived !== archived || record.mergedInto !== null) missing.push(id);
    else if (!found.some((each) => each.id === record.id)) found.push(record);
  }
  return batchResult(parts, {
    status: 200,
    startedAt,
    results: found.map((record) =>
      recordAnswer(parts, call.portal, type, record, { properties: request.properties ?? [], withHistory }),
    ),
    errors: missing.length === 0 ? [] : [notFound(type, missing)],
  });
}

function notFound(type: SandboxObjectType, ids: string[], traceId?: string | null): BatchErrorEntry {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message: `Could not get some ${upperName(type)} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids, ...(traceId === null || traceId === undefined ? {} : { objectWriteTraceId: [traceId] }) },
  };
}

/**
 * All or nothing, unless every input has a trace id of its own. Then it creates the valid records, and a 207 lists the
 * errors. Its results do not always have the trace ids (recorded; `traceIdsInCreates`).
 */
function create(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  const { inputs } = parseBody(createShape, call.body);
  checkSize(inputs);
  const made = new Set<string>();
  const make = (input: { properties: Values; associations: InlineAssociation[] }) => {
    try {
      const record = parts.crm.create(call.portal, type, input);
      made.add(record.id);
      return createdAnswer(parts, call.portal, type, record);
    } catch (error) {
      throw error instanceof ApiError ? withoutIdOf(error, made) : error;
    }
  };
  if (!traced(inputs)) {
    const results = parts.crm.database.transaction(() => inputs.map(make));
    return batchResult(parts, { status: 201, startedAt, results });
  }
  return partly(parts, inputs, 201, startedAt, (input) => make(input), [], parts.settings.traceIdsInCreates);
}

/** Refuses an address that an earlier input of the same batch used without naming an id (recorded). */
function withoutIdOf(error: ApiError, made: ReadonlySet<string>): ApiError {
  const existing = existingId(error);
  if (existing === undefined || !made.has(existing)) return error;
  return new ApiError(409, 'Contact already exists', { category: 'CONFLICT' });
}

function update(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  const { inputs } = parseBody(updateShape, call.body);
  checkSize(inputs);
  checkDistinct(inputs.map((input) => input.id));
  const unknown: { id: string; traceId: string | null | undefined }[] = [];
  const known: { record: StoredRecord; input: (typeof inputs)[number] }[] = [];
  for (const input of inputs) {
    const property = input.idProperty ?? undefined;
    if (property !== undefined) checkWritesBy(parts, call, type, property, 'update');
    const id =
      property === undefined ? input.id : parts.crm.lookup.idByProperty(call.portal, type, property, input.id, false);
    const record = id === undefined ? undefined : parts.crm.records.get(call.portal.id, type.typeId, id);
    // Deleted records may also be omitted. Which of the two HubSpot does is not known (`deletedLeftOut`).
    if (record?.archived === true && parts.settings.deletedLeftOut) continue;
    if (record === undefined || record.archived) unknown.push({ id: input.id, traceId: input.objectWriteTraceId });
    // A merged record is omitted without an error (recorded).
    else if (record.mergedInto === null) known.push({ record, input });
  }
  const write = ({ record, input }: (typeof known)[number]) => {
    const updated = parts.crm.update(call.portal, type, record, input.properties);
    return updatedAnswer(parts, call.portal, type, updated.record, updated.touched);
  };
  if (traced(inputs)) {
    return partly(
      parts,
      known.map((entry) => ({ ...entry, objectWriteTraceId: entry.input.objectWriteTraceId })),
      200,
      startedAt,
      write,
      unknown.map((each) => notFound(type, [each.id], each.traceId)),
    );
  }
  const results = parts.crm.database.transaction(() => known.map(write));
  const errors =
    unknown.length === 0
      ? []
      : [
          notFound(
            type,
            unknown.map((each) => each.id),
          ),
        ];
  return batchResult(parts, { status: 200, startedAt, results, errors });
}

/**
 * Refuses a property that does not identify one record. `hs_object_id` does not count, because the id is a separate
 * field (segmentio/action-destinations#3957), and updates do not accept `email` either
 * (HubSpot/hubspot-api-nodejs#548).
 */
function checkWritesBy(
  parts: Parts,
  call: Call,
  type: SandboxObjectType,
  property: string,
  how: 'update' | 'upsert',
): void {
  const unique = parts.crm.properties.of(call.portal.id, type).get(property)?.hasUniqueValue === true;
  if (unique && !(how === 'update' && type.typeId === '0-1' && property === 'email')) return;
  throw validationError(
    `Unable to perform update/upsert by non-unique ${type.typeId} property ${property} in portal ID ${call.portal.id}`,
  );
}

function upsert(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  const { inputs } = parseBody(updateShape, call.body);
  checkSize(inputs);
  checkDistinct(inputs.map((input) => input.id.toLowerCase()));
  const write = (input: (typeof inputs)[number]) => {
    const property = input.idProperty ?? 'hs_object_id';
    checkWritesBy(parts, call, type, property, 'upsert');
    // Secondary addresses count for upserts, according to one adapter. No source says so about batch reads.
    const id = parts.crm.lookup.idByProperty(call.portal, type, property, input.id, true);
    const record = id === undefined ? undefined : parts.crm.lookup.follow(call.portal.id, type.typeId, id);
    if (record !== undefined && !record.archived) {
      const { email: _email, ...rest } = input.properties;
      const properties = property === 'email' ? rest : input.properties;
      const updated =
        Object.keys(properties).length === 0
          ? { record, touched: [] }
          : parts.crm.update(call.portal, type, record, properties);
      return { ...updatedAnswer(parts, call.portal, type, updated.record, updated.touched), new: false };
    }
    const properties = { ...input.properties, [property]: input.id };
    return {
      ...createdAnswer(parts, call.portal, type, parts.crm.create(call.portal, type, { properties })),
      new: true,
    };
  };
  if (traced(inputs)) return partly(parts, inputs, 200, startedAt, write);
  const results = parts.crm.database.transaction(() => inputs.map(write));
  return batchResult(parts, { status: 200, startedAt, results });
}

/** Returns 204 for any ids (documented). */
function archive(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  const { inputs } = parseBody(archiveShape, call.body);
  checkSize(inputs);
  for (const { id } of inputs) {
    const record = parts.crm.records.get(call.portal.id, type.typeId, id);
    if (record !== undefined && !record.archived && record.mergedInto === null) {
      parts.crm.archive(call.portal, type, record);
    }
  }
  return { status: 204 };
}

function traced(inputs: readonly { objectWriteTraceId?: string | null | undefined }[]): boolean {
  const ids = inputs.map((input) => input.objectWriteTraceId ?? '');
  return ids.length > 0 && ids.every((id) => id !== '') && new Set(ids).size === ids.length;
}

/** Writes input by input. Each refusal becomes an entry of `errors` with its trace id. */
function partly<T extends { objectWriteTraceId?: string | null | undefined }>(
  parts: Parts,
  inputs: readonly T[],
  status: 200 | 201,
  startedAt: number,
  write: (input: T) => object,
  errors: BatchErrorEntry[] = [],
  traceIds = true,
): Answer {
  const results: unknown[] = [];
  for (const input of inputs) {
    const traceId = input.objectWriteTraceId ?? '';
    try {
      results.push({ ...write(input), ...(traceIds ? { objectWriteTraceId: traceId } : {}) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(entryOf(error, traceId));
    }
  }
  return batchResult(parts, { status, startedAt, results, errors });
}

function existingId(error: ApiError): string | undefined {
  return error.statusCode === 409 ? /Existing ID: (?<id>\d+)/u.exec(error.message)?.groups?.['id'] : undefined;
}

function entryOf(error: ApiError, traceId: string): BatchErrorEntry {
  const existing = existingId(error);
  return batchErrorEntry(error, {
    ...(existing === undefined ? {} : { existingId: [existing] }),
    objectWriteTraceId: [traceId],
  });
}
