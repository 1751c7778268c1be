import { z } from 'zod';
import type { SandboxAssociationType } from '../crm/association-types';
import type { SandboxObjectType } from '../crm/object-types';
import { schemaScopes } from '../crm/object-types';
import { ApiError, validationError } from '../errors';
import { DATED, idShape, parseBody, requireScope } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { batchResult, v3Associated } from './answers';
import { pairOf, pairPaths } from './association-paths';

const labelShape = z.object({ label: z.string().min(1), name: z.string().min(1), inverseLabel: z.string().nullish() });
const renameShape = z.object({ associationTypeId: z.coerce.number().int(), label: z.string().min(1) });
const v3Shape = z.object({
  inputs: z.array(z.object({ from: z.object({ id: idShape }), to: z.object({ id: idShape }), type: z.string() })),
});
const v3ReadShape = z.object({ inputs: z.array(z.object({ id: idShape })) });

/** Labels and limits of a pair of object types, and the remaining v3 association API. */
export function associationDefinitionRoutes(api: ApiRoutes, parts: Parts): void {
  const labels = pairPaths('/:type/:toType/labels');
  api.route('GET', labels, 'associations', (call) => list(parts, call));
  api.route('POST', labels, 'associations', (call) => define(parts, call));
  api.route('PUT', labels, 'associations', (call) => rename(parts, call));
  api.route('DELETE', pairPaths('/:type/:toType/labels/:typeId'), 'associations', (call) => remove(parts, call));
  const configurations = [
    '/crm/v4/associations/definitions/configurations/:type/:toType',
    ...DATED.map((version) => `/crm/associations/${version}/definitions/configurations/:type/:toType`),
  ];
  api.route('GET', configurations, 'associations', (call) => configured(parts, call));
  api.route('GET', ['/crm/v3/associations/:type/:toType/types'], 'associations', (call) => v3Types(parts, call));
  api.route('POST', ['/crm/v3/associations/:type/:toType/batch/create'], 'associations', (call) =>
    v3Create(parts, call),
  );
  api.route('POST', ['/crm/v3/associations/:type/:toType/batch/archive'], 'associations', (call) =>
    v3Archive(parts, call),
  );
  api.route('POST', ['/crm/v3/associations/:type/:toType/batch/read'], 'associations', (call) => v3Read(parts, call));
  api.route('GET', ['/crm/v3/objects/:type/:id/associations/:toType'], 'objects', (call) => v3Page(parts, call));
  const v3One = ['/crm/v3/objects/:type/:id/associations/:toType/:toId/:name'];
  api.route('PUT', v3One, 'objects', (call) => v3Put(parts, call));
  api.route('DELETE', v3One, 'objects', (call) => v3Delete(parts, call));
}

function list(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  const results = parts.crm.associationTypes
    .between(call.portal.id, from.typeId, to.typeId)
    .map(({ category, typeId, label }) => ({ category, typeId, label }));
  return { status: 200, body: { results } };
}

function define(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  for (const type of [from, to]) requireScope(call, schemaScopes(type).write, type.writeScope);
  const input = parseBody(labelShape, call.body);
  const known = parts.crm.associationTypes.between(call.portal.id, from.typeId, to.typeId);
  if (known.some((type) => type.label?.toLowerCase() === input.label.toLowerCase())) {
    throw validationError(
      `An association label named ${input.label} already exists between ${from.typeId} and ${to.typeId}`,
    );
  }
  const type = parts.crm.associationTypes.define(call.portal.id, {
    fromType: from.typeId,
    toType: to.typeId,
    label: input.label,
    ...(input.inverseLabel === null || input.inverseLabel === undefined ? {} : { inverseLabel: input.inverseLabel }),
    name: input.name,
  });
  const back = parts.crm.associationTypes
    .between(call.portal.id, to.typeId, from.typeId)
    .find((each) => each.category === type.category && each.typeId === type.inverseTypeId);
  const results = [type, ...(back === undefined || back.typeId === type.typeId ? [] : [back])].map((each) => ({
    category: each.category,
    typeId: each.typeId,
    label: each.label,
  }));
  return { status: 200, body: { results } };
}

function rename(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  const input = parseBody(renameShape, call.body);
  parts.crm.associationTypes.rename(call.portal.id, own(parts, call, from, to, input.associationTypeId), input.label);
  return { status: 204 };
}

function remove(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  parts.crm.associationTypes.remove(call.portal.id, own(parts, call, from, to, Number(call.params['typeId'])));
  return { status: 204 };
}

function own(
  parts: Parts,
  call: Call,
  from: SandboxObjectType,
  to: SandboxObjectType,
  typeId: number,
): SandboxAssociationType {
  const found = parts.crm.associationTypes.find(call.portal.id, from.typeId, to.typeId, 'USER_DEFINED', typeId);
  if (found === undefined)
    throw new ApiError(404, `No association label ${typeId} between ${from.typeId} and ${to.typeId}`);
  return found;
}

function configured(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  const limit = parts.settings.associationLimits[`${from.plural}>${to.plural}`];
  const type = parts.crm.associationTypes.unlabelled(call.portal.id, from.typeId, to.typeId);
  const results =
    limit === undefined || type === undefined
      ? []
      : [{ category: type.category, typeId: type.typeId, userEnforcedMaxToObjectIds: limit, label: type.label }];
  return { status: 200, body: { results } };
}

function v3Types(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  const results = parts.crm.associationTypes
    .between(call.portal.id, from.typeId, to.typeId)
    .map((type) => ({ id: String(type.typeId), name: type.name }));
  return { status: 200, body: { results } };
}

/** Resolves a type by its v3 name or number. */
function named(
  parts: Parts,
  call: Call,
  from: SandboxObjectType,
  to: SandboxObjectType,
  name: string,
): SandboxAssociationType {
  const found = parts.crm.associationTypes
    .between(call.portal.id, from.typeId, to.typeId)
    .find((type) => type.name === name || String(type.typeId) === name);
  if (found === undefined) {
    throw validationError(`${name} is not a valid association type between ${from.plural} and ${to.plural}`, {
      context: { type: [name] },
    });
  }
  return found;
}

function v3Create(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const { from, to } = pairOf(parts, call, 'write');
  const { inputs } = parseBody(v3Shape, call.body);
  const results = parts.crm.database.transaction(() =>
    inputs.flatMap((input) => {
      const type = named(parts, call, from, to, input.type);
      const ends = [
        { typeId: from.typeId, id: input.from.id },
        { typeId: to.typeId, id: input.to.id },
      ] as const;
      parts.crm.linker.checkEnds(call.portal.id, ...ends);
      parts.crm.linker.checkLimits(call.portal.id, ...ends);
      parts.crm.linker.associate(call.portal.id, ...ends, [type], { replace: false, source: 'INTEGRATION' });
      const back = parts.crm.associationTypes
        .between(call.portal.id, to.typeId, from.typeId)
        .find((each) => each.category === type.category && each.typeId === type.inverseTypeId);
      return [
        { from: { id: input.to.id }, to: { id: input.from.id }, type: back?.name ?? type.name },
        { from: { id: input.from.id }, to: { id: input.to.id }, type: type.name },
      ];
    }),
  );
  return batchResult(parts, { status: 201, startedAt, results });
}

function v3Archive(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const { inputs } = parseBody(v3Shape, call.body);
  for (const input of inputs) {
    const type = named(parts, call, from, to, input.type);
    const ends = [
      { typeId: from.typeId, id: input.from.id },
      { typeId: to.typeId, id: input.to.id },
    ] as const;
    parts.crm.linker.disassociate(call.portal.id, ...ends, type, 'INTEGRATION');
  }
  return { status: 204 };
}

/** Returns only the primary company, 100 per page, and no link to the next page (documented, and a maintainer confirmed it). */
function v3Read(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const { from, to } = pairOf(parts, call, 'read');
  const { inputs } = parseBody(v3ReadShape, call.body);
  const results = inputs.flatMap(({ id }) => {
    const found = v3Associated(parts, call.portal, from, { typeId: from.typeId, id }, to);
    return found.length === 0 ? [] : [{ from: { id }, to: found.slice(0, 100) }];
  });
  return batchResult(parts, { status: 200, startedAt, results });
}

function v3Page(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  const record = parts.crm.lookup.find(call.portal, from, call.params['id'] ?? '', { reading: true });
  return { status: 200, body: { results: v3Associated(parts, call.portal, from, record, to).slice(0, 100) } };
}

function v3Put(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const type = named(parts, call, from, to, call.params['name'] ?? '');
  const record = parts.crm.lookup.find(call.portal, from, call.params['id'] ?? '');
  const ends = [record, { typeId: to.typeId, id: call.params['toId'] ?? '' }] as const;
  parts.crm.linker.checkEnds(call.portal.id, ...ends);
  parts.crm.linker.checkLimits(call.portal.id, ...ends);
  parts.crm.linker.associate(call.portal.id, ...ends, [type], { replace: false, source: 'INTEGRATION' });
  return {
    status: 200,
    body: {
      ...v3Record(record.id, record.properties, record.createdAt, record.updatedAt),
      associations: { [to.plural]: { results: v3Associated(parts, call.portal, from, record, to) } },
    },
  };
}

function v3Record(id: string, properties: Record<string, string>, createdAt: number, updatedAt: number) {
  return {
    id,
    properties: { hs_object_id: properties['hs_object_id'] ?? id },
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    archived: false,
  };
}

function v3Delete(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'write');
  const type = named(parts, call, from, to, call.params['name'] ?? '');
  const ends = [
    { typeId: from.typeId, id: call.params['id'] ?? '' },
    { typeId: to.typeId, id: call.params['toId'] ?? '' },
  ] as const;
  parts.crm.linker.disassociate(call.portal.id, ...ends, type, 'INTEGRATION');
  return { status: 204 };
}
