import { z } from 'zod';
import type { End } from '../crm/associations';
import type { SandboxAssociationType } from '../crm/association-types';
import { unknownType } from '../crm/linking';
import type { TypeSpec } from '../crm/linking';
import type { SandboxObjectType } from '../crm/object-types';
import { ApiError, batchErrorEntry, validationError } from '../errors';
import type { BatchErrorEntry } from '../errors';
import { idShape, parseBody } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { batchResult } from './answers';
import { checkSize, pairOf, pairPaths, recordPaths } from './association-paths';

const LARGEST_WRITE = 2000;
const LARGEST_ARCHIVE = 100;

const specShape = z.object({ associationCategory: z.string(), associationTypeId: z.coerce.number().int() });
const endShape = z.object({ id: idShape });
const createShape = z.object({
  inputs: z.array(z.object({ from: endShape, to: endShape, types: z.array(specShape) })),
});
const defaultShape = z.object({ inputs: z.array(z.object({ from: endShape, to: endShape })) });
const archiveShape = z.object({ inputs: z.array(z.object({ from: endShape, to: z.array(endShape) })) });

/** Creates and removes associations, one by one and in batches. */
export function associationWriteRoutes(api: ApiRoutes, parts: Parts): void {
  const one = '/:type/:id/associations/:toType/:toId';
  api.route('PUT', recordPaths('/:type/:id/associations/default/:toType/:toId'), 'objects', (call) =>
    putDefault(parts, call),
  );
  api.route('PUT', recordPaths(one), 'objects', (call) => putLabelled(parts, call));
  api.route('DELETE', recordPaths(one), 'objects', (call) => remove(parts, call));
  api.route('POST', pairPaths('/:type/:toType/batch/create'), 'associations', (call) => batchCreate(parts, call));
  api.route('POST', pairPaths('/:type/:toType/batch/associate/default'), 'associations', (call) =>
    batchDefault(parts, call),
  );
  api.route('POST', pairPaths('/:type/:toType/batch/archive'), 'associations', (call) => batchArchive(parts, call));
  api.route('POST', pairPaths('/:type/:toType/batch/labels/archive'), 'associations', (call) =>
    batchArchiveLabels(parts, call),
  );
}

/** Resolves the types of a write, each of which must be defined between the two object types. */
function resolve(
  parts: Parts,
  call: Call,
  from: SandboxObjectType,
  to: SandboxObjectType,
  specs: TypeSpec[],
): SandboxAssociationType[] {
  if (specs.length === 0) throw validationError('Some required fields were not set: [types]');
  return specs.map((spec) => {
    const found = parts.crm.linker.typeBetween(call.portal.id, from, to, spec);
    if (found === undefined) throw unknownType(spec, from, to);
    return found;
  });
}

function link(parts: Parts, call: Call, from: End, to: End, types: SandboxAssociationType[], replace: boolean): void {
  parts.crm.linker.checkEnds(call.portal.id, from, to);
  parts.crm.linker.checkLimits(call.portal.id, from, to);
  parts.crm.linker.associate(call.portal.id, from, to, types, { replace, source: 'INTEGRATION' });
}

function putDefault(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const { from, to } = pairOf(parts, call, 'write');
  const type = parts.crm.linker.unlabelled(call.portal.id, from, to);
  const fromEnd: End = { typeId: from.typeId, id: call.params['id'] ?? '' };
  const toEnd: End = { typeId: to.typeId, id: call.params['toId'] ?? '' };
  link(parts, call, fromEnd, toEnd, [type], false);
  return batchResult(parts, { status: 200, startedAt, results: bothWays(fromEnd, toEnd, type) });
}

function bothWays(from: End, to: End, type: SandboxAssociationType): object[] {
  const spec = (typeId: number) => ({ associationCategory: type.category, associationTypeId: typeId });
  return [
    { from: { id: from.id }, to: { id: to.id }, associationSpec: spec(type.typeId) },
    { from: { id: to.id }, to: { id: from.id }, associationSpec: spec(type.inverseTypeId) },
  ];
}

function putLabelled(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const types = resolve(parts, call, from, to, parseBody(z.array(specShape), call.body));
  const fromEnd: End = { typeId: from.typeId, id: call.params['id'] ?? '' };
  const toEnd: End = { typeId: to.typeId, id: call.params['toId'] ?? '' };
  link(parts, call, fromEnd, toEnd, types, true);
  return { status: 201, body: labels(fromEnd, toEnd, types) };
}

function labels(from: End, to: End, types: SandboxAssociationType[]): object {
  return {
    fromObjectTypeId: from.typeId,
    fromObjectId: Number(from.id),
    toObjectTypeId: to.typeId,
    toObjectId: Number(to.id),
    labels: types.flatMap((type) => (type.label === null ? [] : [type.label])),
  };
}

function remove(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const fromEnd: End = { typeId: from.typeId, id: call.params['id'] ?? '' };
  const toEnd: End = { typeId: to.typeId, id: call.params['toId'] ?? '' };
  parts.crm.linker.disassociateAll(call.portal.id, fromEnd, toEnd, 'INTEGRATION');
  return { status: 204 };
}

function batchCreate(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const { inputs } = parseBody(createShape, call.body);
  checkSize(inputs, LARGEST_WRITE);
  return eachOf(parts, inputs, 201, (input) => {
    const types = resolve(parts, call, from, to, input.types);
    const fromEnd: End = { typeId: from.typeId, id: input.from.id };
    const toEnd: End = { typeId: to.typeId, id: input.to.id };
    link(parts, call, fromEnd, toEnd, types, true);
    return [labels(fromEnd, toEnd, types)];
  });
}

function batchDefault(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const { inputs } = parseBody(defaultShape, call.body);
  checkSize(inputs, LARGEST_WRITE);
  const type = parts.crm.linker.unlabelled(call.portal.id, from, to);
  return eachOf(parts, inputs, 200, (input) => {
    const fromEnd: End = { typeId: from.typeId, id: input.from.id };
    const toEnd: End = { typeId: to.typeId, id: input.to.id };
    link(parts, call, fromEnd, toEnd, [type], false);
    return bothWays(fromEnd, toEnd, type);
  });
}

/** Writes pair by pair. A refusal becomes an entry of `errors` (recorded: 207 with the others done). */
function eachOf<T>(parts: Parts, inputs: readonly T[], status: 200 | 201, write: (input: T) => object[]): Answer {
  const startedAt = Date.now();
  const results: object[] = [];
  const errors: BatchErrorEntry[] = [];
  parts.crm.database.transaction(() => {
    for (const input of inputs) {
      try {
        results.push(...parts.crm.database.transaction(() => write(input)));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        errors.push(batchErrorEntry(error));
      }
    }
  });
  return batchResult(parts, { status, results, errors, startedAt });
}

/** v4 returns 204, the dated versions 200 (docs/hubspot.md, "Associations"). */
function archived(call: Call): Answer {
  if (!call.dated) return { status: 204 };
  const time = new Date().toISOString();
  return { status: 200, body: { completedAt: time, status: 'COMPLETE', startedAt: time, results: [] } };
}

function batchArchive(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const { inputs } = parseBody(archiveShape, call.body);
  checkSize(inputs, LARGEST_ARCHIVE);
  for (const input of inputs) {
    for (const target of input.to) {
      parts.crm.linker.disassociateAll(
        call.portal.id,
        { typeId: from.typeId, id: input.from.id },
        { typeId: to.typeId, id: target.id },
        'INTEGRATION',
      );
    }
  }
  return archived(call);
}

function batchArchiveLabels(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const { inputs } = parseBody(createShape, call.body);
  checkSize(inputs, LARGEST_WRITE);
  for (const input of inputs) {
    for (const type of resolve(parts, call, from, to, input.types)) {
      parts.crm.linker.disassociate(
        call.portal.id,
        { typeId: from.typeId, id: input.from.id },
        { typeId: to.typeId, id: input.to.id },
        type,
        'INTEGRATION',
      );
    }
  }
  return archived(call);
}
