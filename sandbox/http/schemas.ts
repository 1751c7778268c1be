import { z } from 'zod';
import type { SandboxAssociationType } from '../crm/association-types';
import type { SandboxCrm } from '../crm/crm';
import { customType, schemaScopes } from '../crm/object-types';
import type { CustomSchema } from '../crm/object-types';
import { defaultGroup } from '../crm/properties';
import { instantText } from '../crm/property-values';
import { ApiError, validationError } from '../errors';
import { DATED, parseBody, requireScope } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { define, propertyAnswer, propertyShape } from './definitions';

/** `/crm/v3/schemas` was recorded, and SDKs call the other path. */
const PATHS = [
  '/crm/v3/schemas',
  '/crm-object-schemas/v3/schemas',
  ...DATED.map((version) => `/crm-object-schemas/${version}/schemas`),
];

const READ = schemaScopes({ kind: 'custom', singular: '', plural: '' }).read;
const WRITE = schemaScopes({ kind: 'custom', singular: '', plural: '' }).write;

const createShape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/u, 'must be lower-case letters, digits and underscores'),
  labels: z.object({ singular: z.string().min(1), plural: z.string().min(1) }),
  primaryDisplayProperty: z.string().min(1),
  secondaryDisplayProperties: z.array(z.string()).default([]),
  requiredProperties: z.array(z.string()),
  searchableProperties: z.array(z.string()).default([]),
  properties: z.array(propertyShape.extend({ groupName: z.string().optional() })),
  associatedObjects: z.array(z.string()),
});
const associateShape = z.object({
  fromObjectTypeId: z.string(),
  toObjectTypeId: z.string(),
  name: z.string().nullish(),
});

/** Schemas of custom objects. Accounts without them have an empty list: a 403 results only from the missing scope. */
export function schemaRoutes(api: ApiRoutes, parts: Parts): void {
  api.route('GET', at(''), 'objects', (call) => {
    requireScope(call, READ);
    const results = parts.crm.catalogue.schemas(call.portal.id).map((schema) => schemaAnswer(parts, call, schema));
    return { status: 200, body: { results: call.query.flag('archived') ? [] : results } };
  });
  api.route('POST', at(''), 'objects', (call) => create(parts, call));
  api.route('GET', at('/:type'), 'objects', (call) => {
    requireScope(call, READ);
    return { status: 200, body: schemaAnswer(parts, call, schemaOf(parts, call)) };
  });
  api.route('DELETE', at('/:type'), 'objects', (call) => remove(parts, call));
  api.route('POST', at('/:type/associations'), 'objects', (call) => associate(parts, call));
}

function schemaOf(parts: Parts, call: Call): CustomSchema {
  const wanted = (call.params['type'] ?? '').toLowerCase();
  const schema = parts.crm.catalogue
    .schemas(call.portal.id)
    .find((each) => each.typeId === wanted || each.fullyQualifiedName === wanted);
  if (schema === undefined) throw new ApiError(400, `Unable to infer object type from: ${wanted}`);
  return schema;
}

export interface NewSchema {
  name: string;
  labels: { singular: string; plural: string };
  primaryDisplayProperty: string;
  secondaryDisplayProperties: string[];
  requiredProperties: string[];
  searchableProperties: string[];
}

/**
 * Creates a custom object type. It can be associated with activities immediately, and with other types as requested.
 */
export function addSchema(
  crm: SandboxCrm,
  portalId: number,
  input: NewSchema,
  associatedTypes: readonly string[],
): CustomSchema {
  const id = String(crm.database.next('schema', 33_518_411));
  const now = Date.now();
  const schema: CustomSchema = {
    ...input,
    id,
    typeId: `2-${id}`,
    fullyQualifiedName: `p${portalId}_${input.name}`,
    createdAt: now,
    updatedAt: now,
  };
  crm.catalogue.saveSchema(portalId, schema);
  for (const target of new Set([...ACTIVITIES, ...associatedTypes])) {
    const name = crm.catalogue.type(portalId, target)?.singular ?? target;
    crm.associationTypes.define(portalId, {
      fromType: schema.typeId,
      toType: target,
      label: null,
      inverseLabel: null,
      name: `${input.name}_to_${name}`,
    });
  }
  return schema;
}

const ACTIVITIES = ['0-27', '0-46', '0-47', '0-48', '0-49'];

function create(parts: Parts, call: Call): Answer {
  requireScope(call, WRITE);
  if (!call.portal.customObjects) throw new ApiError(403, 'This account has no access to custom objects');
  const input = parseBody(createShape, call.body);
  const names = input.properties.map((property) => property.name);
  for (const name of [input.primaryDisplayProperty, ...input.requiredProperties]) {
    if (!names.includes(name)) throw validationError(`Property ${name} is not among the properties of the schema`);
  }
  const taken = parts.crm.catalogue.schemas(call.portal.id).some((schema) => schema.name === input.name);
  if (taken)
    throw validationError(`An object type named ${input.name} already exists`, { context: { name: [input.name] } });
  const targets = input.associatedObjects.map((name) => {
    const type = parts.crm.catalogue.type(call.portal.id, name);
    if (type === undefined) throw new ApiError(400, `Unable to infer object type from: ${name}`);
    return type.typeId;
  });
  const { properties, associatedObjects: _objects, ...rest } = input;
  const schema = parts.crm.database.transaction(() => {
    const made = addSchema(parts.crm, call.portal.id, rest, targets);
    const type = customType(made);
    for (const property of properties) define(parts, call, type, { ...property, groupName: defaultGroup(type) });
    return made;
  });
  return { status: 201, body: schemaAnswer(parts, call, schema) };
}

function remove(parts: Parts, call: Call): Answer {
  requireScope(call, WRITE);
  const schema = schemaOf(parts, call);
  if (parts.crm.records.count(call.portal.id, schema.typeId) > 0) {
    throw validationError(`Object type ${schema.typeId} still has records: delete them first`);
  }
  parts.crm.catalogue.deleteSchema(call.portal.id, schema.typeId);
  return { status: 204 };
}

function associate(parts: Parts, call: Call): Answer {
  requireScope(call, WRITE);
  const input = parseBody(associateShape, call.body);
  for (const name of [input.fromObjectTypeId, input.toObjectTypeId]) {
    if (parts.crm.catalogue.type(call.portal.id, name) === undefined) {
      throw new ApiError(400, `Unable to infer object type from: ${name}`);
    }
  }
  const type = parts.crm.associationTypes.define(call.portal.id, {
    fromType: input.fromObjectTypeId,
    toType: input.toObjectTypeId,
    label: null,
    inverseLabel: null,
    name: input.name ?? `${input.fromObjectTypeId}_to_${input.toObjectTypeId}`,
  });
  return { status: 201, body: associationAnswer(type) };
}

function associationAnswer(type: SandboxAssociationType) {
  return {
    fromObjectTypeId: type.fromType,
    toObjectTypeId: type.toType,
    name: type.name,
    cardinality: 'ONE_TO_MANY',
    inverseCardinality: 'ONE_TO_MANY',
    id: String(type.typeId),
    createdAt: null,
    updatedAt: null,
  };
}

function schemaAnswer(parts: Parts, call: Call, schema: CustomSchema) {
  const associations = parts.crm.catalogue
    .types(call.portal.id)
    .flatMap((target) => [
      ...parts.crm.associationTypes.between(call.portal.id, schema.typeId, target.typeId),
      ...parts.crm.associationTypes.between(call.portal.id, target.typeId, schema.typeId),
    ]);
  return {
    labels: schema.labels,
    requiredProperties: schema.requiredProperties,
    searchableProperties: schema.searchableProperties,
    primaryDisplayProperty: schema.primaryDisplayProperty,
    secondaryDisplayProperties: schema.secondaryDisplayProperties,
    allowsSensitiveProperties: true,
    archived: false,
    restorable: true,
    metaType: 'PORTAL_SPECIFIC',
    id: schema.id,
    fullyQualifiedName: schema.fullyQualifiedName,
    createdAt: instantText(schema.createdAt),
    updatedAt: instantText(schema.updatedAt),
    objectTypeId: schema.typeId,
    properties: [...parts.crm.properties.of(call.portal.id, customType(schema)).values()].map(propertyAnswer),
    associations: associations.map(associationAnswer),
    name: schema.name,
  };
}

function at(rest: string): string[] {
  return PATHS.map((path) => `${path}${rest}`);
}
