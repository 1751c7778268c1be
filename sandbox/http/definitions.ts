import { z } from 'zod';
import type { SandboxObjectType } from '../crm/object-types';
import { schemaScopes } from '../crm/object-types';
import type { PropertyDefinition, PropertyType } from '../crm/property-definitions';
import { instantText } from '../crm/property-values';
import { ApiError, batchErrorEntry, validationError } from '../errors';
import type { BatchErrorEntry } from '../errors';
import { DATED, parseBody, requireScope, typeOf } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { batchResult } from './answers';

const PATHS = ['/crm/v3/properties', ...DATED.map((version) => `/crm/properties/${version}`)];
const MOST_UNIQUE = 10;

const optionShape = z.object({
  label: z.string(),
  value: z.string(),
  description: z.string().optional(),
  displayOrder: z.number().int().default(-1),
  hidden: z.boolean().default(false),
});
export const propertyShape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,99}$/u, 'must be lower-case letters, digits and underscores'),
  label: z.string().min(1),
  type: z.enum(['string', 'number', 'date', 'datetime', 'enumeration', 'bool', 'phone_number']),
  fieldType: z.string().min(1),
  groupName: z.string().min(1),
  description: z.string().default(''),
  options: z.array(optionShape).default([]),
  hasUniqueValue: z.boolean().default(false),
  displayOrder: z.number().int().default(-1),
});
/** The field types that each type takes ("Properties" guide, property type and fieldType values). */
const FIELD_TYPES: Readonly<Record<PropertyType, readonly string[]>> = {
  bool: ['booleancheckbox', 'calculation_equation'],
  date: ['date'],
  datetime: ['date'],
  enumeration: ['booleancheckbox', 'calculation_equation', 'checkbox', 'radio', 'select'],
  number: ['calculation_equation', 'number'],
  phone_number: ['phonenumber'],
  string: ['calculation_equation', 'file', 'html', 'phonenumber', 'text', 'textarea'],
};
const changeShape = propertyShape.omit({ name: true, hasUniqueValue: true }).partial();
const createManyShape = z.object({ inputs: z.array(propertyShape) });
const namesShape = z.object({ archived: z.boolean().optional(), inputs: z.array(z.object({ name: z.string() })) });

/** Property definitions and their groups. */
export function definitionRoutes(api: ApiRoutes, parts: Parts): void {
  api.route('GET', propertyPaths(''), 'objects', (call) => list(parts, call));
  api.route('POST', propertyPaths(''), 'objects', (call) => {
    const type = typeWithScope(parts, call, 'write');
    return { status: 201, body: propertyAnswer(define(parts, call, type, parseBody(propertyShape, call.body))) };
  });
  api.route('GET', propertyPaths('/:name'), 'objects', (call) => ({
    status: 200,
    body: propertyAnswer(found(parts, call, typeWithScope(parts, call, 'read'), call.params['name'] ?? '')),
  }));
  api.route('PATCH', propertyPaths('/:name'), 'objects', (call) => change(parts, call));
  api.route('DELETE', propertyPaths('/:name'), 'objects', (call) => archive(parts, call));
  api.route('POST', propertyPaths('/batch/create'), 'objects', (call) => createMany(parts, call));
  api.route('POST', propertyPaths('/batch/read'), 'objects', (call) => readMany(parts, call));
  api.route('POST', propertyPaths('/batch/archive'), 'objects', (call) => archiveMany(parts, call));
}

/** The object type that the path names. @throws the 403 without the scope for its definitions */
export function typeWithScope(parts: Parts, call: Call, access: 'read' | 'write'): SandboxObjectType {
  const type = typeOf(parts, call);
  const scopes = schemaScopes(type);
  if (access === 'write') requireScope(call, scopes.write);
  else requireScope(call, scopes.read, type.readScope);
  return type;
}

function found(parts: Parts, call: Call, type: SandboxObjectType, name: string): PropertyDefinition {
  const definition = parts.crm.properties.of(call.portal.id, type).get(name);
  if (definition === undefined) {
    throw new ApiError(404, `Property ${name} does not exist for object type ${type.typeId}`, {
      category: 'OBJECT_NOT_FOUND',
      subCategory: 'Properties.PROPERTY_NOT_FOUND',
    });
  }
  return definition;
}

function list(parts: Parts, call: Call): Answer {
  const type = typeWithScope(parts, call, 'read');
  const results = call.query.flag('archived')
    ? parts.crm.properties.archived(call.portal.id, type).map((each) => ({ ...propertyAnswer(each), archived: true }))
    : [...parts.crm.properties.of(call.portal.id, type).values()].map(propertyAnswer);
  return { status: 200, body: { results } };
}

/** Defines a property. @throws the 409 when its name is taken, and the 400 when it is not valid */
export function define(
  parts: Parts,
  call: Call,
  type: SandboxObjectType,
  input: z.infer<typeof propertyShape>,
): PropertyDefinition {
  const known = parts.crm.properties.of(call.portal.id, type);
  // An archived property can be restored for 90 days, so its name counts as taken: the stricter reading.
  const isArchived = parts.crm.properties.archived(call.portal.id, type).some((each) => each.name === input.name);
  if (known.has(input.name) || isArchived) {
    throw new ApiError(409, `A property named '${input.name}' already exists.`, {
      category: 'OBJECT_ALREADY_EXISTS',
      subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
      context: { name: [input.name] },
    });
  }
  if (!parts.crm.properties.groups(call.portal.id, type).some((group) => group.name === input.groupName)) {
    throw validationError(`Property group ${input.groupName} does not exist`, {
      context: { groupName: [input.groupName] },
    });
  }
  if (!FIELD_TYPES[input.type].includes(input.fieldType)) {
    throw validationError(`${input.fieldType} is not a valid field type for the property type ${input.type}`, {
      context: { fieldType: [input.fieldType] },
    });
  }
  if (input.type === 'enumeration' && input.options.length === 0) {
    throw validationError(`Property ${input.name} of type enumeration needs options`);
  }
  if (input.hasUniqueValue) checkUniqueAllowed(type, known);
  const now = Date.now();
  const definition: PropertyDefinition = {
    ...input,
    options: input.options.map(({ description, ...option }) => ({
      ...option,
      ...(description === undefined ? {} : { description }),
    })),
    readOnly: false,
    calculated: false,
    external: null,
    hubspotDefined: false,
    createdAt: now,
    updatedAt: now,
    createdUserId: String(call.userId),
    updatedUserId: String(call.userId),
  };
  parts.crm.properties.save(call.portal.id, type, definition);
  return definition;
}

/** Ten unique properties per type. On activities no accepted one is known, so the stricter reading refuses them. */
function checkUniqueAllowed(type: SandboxObjectType, known: ReadonlyMap<string, PropertyDefinition>): void {
  if (type.kind === 'activity') throw validationError(`Unique properties are not supported for ${type.typeId}`);
  const unique = [...known.values()].filter((each) => each.hasUniqueValue && !each.hubspotDefined);
  if (unique.length >= MOST_UNIQUE) {
    throw validationError(`Object type ${type.typeId} has the most unique properties allowed: ${MOST_UNIQUE}`);
  }
}

function change(parts: Parts, call: Call): Answer {
  const type = typeWithScope(parts, call, 'write');
  const definition = found(parts, call, type, call.params['name'] ?? '');
  if (definition.hubspotDefined)
    throw validationError(`${definition.name} is defined by HubSpot and cannot be changed`);
  const input = parseBody(changeShape, call.body);
  const changed: PropertyDefinition = { ...definition, updatedAt: Date.now(), updatedUserId: String(call.userId) };
  if (input.label !== undefined) changed.label = input.label;
  if (input.description !== undefined) changed.description = input.description;
  if (input.groupName !== undefined) changed.groupName = input.groupName;
  if (input.displayOrder !== undefined) changed.displayOrder = input.displayOrder;
  if (input.options !== undefined) {
    changed.options = input.options.map(({ label, value, displayOrder, hidden }) => ({
      label,
      value,
      displayOrder,
      hidden,
    }));
  }
  parts.crm.properties.save(call.portal.id, type, changed);
  return { status: 200, body: propertyAnswer(changed) };
}

function archive(parts: Parts, call: Call): Answer {
  const type = typeWithScope(parts, call, 'write');
  const definition = found(parts, call, type, call.params['name'] ?? '');
  if (definition.hubspotDefined)
    throw validationError(`${definition.name} is defined by HubSpot and cannot be archived`);
  parts.crm.properties.archive(call.portal.id, type, definition.name);
  return { status: 204 };
}

function createMany(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const type = typeWithScope(parts, call, 'write');
  const { inputs } = parseBody(createManyShape, call.body);
  const results: object[] = [];
  const errors: BatchErrorEntry[] = [];
  for (const input of inputs) {
    try {
      const {
        createdAt: _created,
        updatedAt: _updated,
        createdUserId: _createdBy,
        updatedUserId: _updatedBy,
        archived: _archived,
        ...answer
      } = propertyAnswer(define(parts, call, type, input));
      results.push(answer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(batchErrorEntry(error));
    }
  }
  return batchResult(parts, { status: 201, startedAt, results, errors });
}

function readMany(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const type = typeWithScope(parts, call, 'read');
  const { inputs } = parseBody(namesShape, call.body);
  const known = parts.crm.properties.of(call.portal.id, type);
  const results = inputs.flatMap(({ name }) => {
    const definition = known.get(name);
    return definition === undefined ? [] : [propertyAnswer(definition)];
  });
  const missing = inputs.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  const errors: BatchErrorEntry[] =
    missing.length === 0
      ? []
      : [
          {
            status: 'error',
            category: 'OBJECT_NOT_FOUND',
            message: `Could not get some properties, they may be archived or not exist.`,
            context: { names: missing },
          },
        ];
  return batchResult(parts, { status: 200, startedAt, results, errors });
}

function archiveMany(parts: Parts, call: Call): Answer {
  const type = typeWithScope(parts, call, 'write');
  for (const { name } of parseBody(namesShape, call.body).inputs) {
    if (parts.crm.properties.of(call.portal.id, type).get(name)?.hubspotDefined === false) {
      parts.crm.properties.archive(call.portal.id, type, name);
    }
  }
  return { status: 204 };
}

/** Returns a definition as the API shows it. */
export function propertyAnswer(definition: PropertyDefinition) {
  return {
    ...(definition.updatedAt === null ? {} : { updatedAt: instantText(definition.updatedAt) }),
    ...(definition.createdAt === null ? {} : { createdAt: instantText(definition.createdAt) }),
    name: definition.name,
    label: definition.label,
    type: definition.type,
    fieldType: definition.fieldType,
    description: definition.description,
    groupName: definition.groupName,
    options: definition.options,
    ...(definition.createdUserId === undefined ? {} : { createdUserId: definition.createdUserId }),
    ...(definition.updatedUserId === undefined ? {} : { updatedUserId: definition.updatedUserId }),
    displayOrder: definition.displayOrder,
    calculated: definition.calculated,
    externalOptions: definition.external !== null,
    archived: false,
    hasUniqueValue: definition.hasUniqueValue,
    hidden: false,
    ...(definition.hubspotDefined ? { hubspotDefined: true } : {}),
    modificationMetadata: {
      archivable: !definition.hubspotDefined,
      readOnlyDefinition: definition.hubspotDefined,
      ...(definition.hubspotDefined ? { readOnlyOptions: true } : {}),
      readOnlyValue: definition.readOnly,
    },
    formField: !definition.readOnly,
    dataSensitivity: 'non_sensitive',
  };
}

/** The paths of operations on one object type's property definitions. */
export function propertyPaths(rest: string): string[] {
  return PATHS.map((path) => `${path}/:type${rest}`);
}
