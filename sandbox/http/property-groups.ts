import { z } from 'zod';
import { ApiError, resourceNotFound } from '../errors';
import { parseBody } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { propertyPaths, typeWithScope } from './definitions';

const groupShape = z.object({
  name: z.string().min(1),
  label: z.string().min(1),
  displayOrder: z.number().int().default(-1),
});

/** The groups of property definitions. */
export function propertyGroupRoutes(api: ApiRoutes, parts: Parts): void {
  api.route('GET', propertyPaths('/groups'), 'objects', (call) => groups(parts, call));
  api.route('POST', propertyPaths('/groups'), 'objects', (call) => defineGroup(parts, call));
  api.route('GET', propertyPaths('/groups/:group'), 'objects', (call) => {
    const type = typeWithScope(parts, call, 'read');
    const group = parts.crm.properties.groups(call.portal.id, type).find((each) => each.name === call.params['group']);
    if (group === undefined) throw resourceNotFound();
    return { status: 200, body: { ...group, archived: false } };
  });
  api.route('DELETE', propertyPaths('/groups/:group'), 'objects', (call) => {
    const type = typeWithScope(parts, call, 'write');
    parts.crm.properties.deleteGroup(call.portal.id, type, call.params['group'] ?? '');
    return { status: 204 };
  });
}

function groups(parts: Parts, call: Call): Answer {
  const type = typeWithScope(parts, call, 'read');
  const results = parts.crm.properties.groups(call.portal.id, type).map((group) => ({ ...group, archived: false }));
  return { status: 200, body: { results } };
}

function defineGroup(parts: Parts, call: Call): Answer {
  const type = typeWithScope(parts, call, 'write');
  const group = parseBody(groupShape, call.body);
  if (parts.crm.properties.groups(call.portal.id, type).some((each) => each.name === group.name)) {
    throw new ApiError(409, `A property group named '${group.name}' already exists.`, {
      category: 'OBJECT_ALREADY_EXISTS',
    });
  }
  parts.crm.properties.saveGroup(call.portal.id, type, group);
  return { status: 201, body: { ...group, archived: false } };
}
