import { z } from 'zod';
import { search } from '../crm/search';
import { LONGEST_SEARCH_BODY, searchShape } from '../crm/search-request';
import { ApiError, NoSuchPath, objectNotFound, validationError } from '../errors';
import { DATED, idShape, parseBody, propertiesShape, requireScope, typeOf } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { createdAnswer, recordAnswer, updatedAnswer } from './answers';

const OBJECTS = ['/crm/v3/objects', ...DATED.map((version) => `/crm/objects/${version}`)];

/** Returns the paths of an operation on objects in every version. */
export function objectPaths(rest: string): string[] {
  return OBJECTS.map((base) => `${base}${rest}`);
}

export const associationsShape = z
  .array(
    z.object({
      to: z.object({ id: idShape }),
      types: z.array(z.object({ associationCategory: z.string(), associationTypeId: z.coerce.number().int() })),
    }),
  )
  .nullish()
  .transform((value) => value ?? []);

const createShape = z.object({ properties: propertiesShape, associations: associationsShape });
const updateShape = z.object({ properties: propertiesShape });
const mergeShape = z.object({ primaryObjectId: idShape, objectIdToMerge: idShape });
const eraseShape = z.object({ objectId: idShape, idProperty: z.string().nullish() });

/** Single records: create, read, list, change, archive, search, merge. */
export function objectRoutes(api: ApiRoutes, parts: Parts): void {
  api.route('POST', objectPaths('/:type'), 'objects', (call) => create(parts, call));
  api.route('GET', objectPaths('/:type'), 'objects', (call) => list(parts, call));
  api.route('GET', objectPaths('/:type/:id'), 'objects', (call) => read(parts, call));
  api.route('PATCH', objectPaths('/:type/:id'), 'objects', (call) => update(parts, call));
  api.route('DELETE', objectPaths('/:type/:id'), 'objects', (call) => archive(parts, call));
  api.route('POST', objectPaths('/:type/search'), 'search', (call) => searchAnswer(parts, call));
  api.route('POST', objectPaths('/:type/merge'), 'objects', (call) => merge(parts, call));
  api.route('POST', objectPaths('/contacts/gdpr-delete'), 'objects', (call) => erase(parts, call));
  const beta = ['meetings', 'notes', 'calls', 'tasks'].map((type) => `/crm/objects/2026-09-beta/${type}/gdpr-delete`);
  api.route('POST', beta, 'objects', (call) => eraseActivity(parts, call));
}

function create(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  const input = parseBody(createShape, call.body);
  const record = parts.crm.create(call.portal, type, input);
  return { status: 201, body: createdAnswer(parts, call.portal, type, record) };
}

function list(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.readScope);
  const limit = call.query.number('limit', 10, { min: 1, max: 100 });
  const after = call.query.number('after', 0, { min: 0, max: Number.MAX_SAFE_INTEGER });
  const records = parts.crm.records.page(call.portal.id, type.typeId, {
    archived: call.query.flag('archived'),
    after,
    limit: limit + 1,
  });
  const page = records.slice(0, limit);
  const last = page.at(-1);
  const results = page.map((record) =>
    recordAnswer(parts, call.portal, type, record, {
      properties: call.query.list('properties'),
      withHistory: call.query.list('propertiesWithHistory'),
      associations: call.query.list('associations'),
    }),
  );
  if (records.length <= limit || last === undefined) return { status: 200, body: { results } };
  const next = new URLSearchParams();
  for (const name of ['limit', 'properties', 'propertiesWithHistory', 'associations', 'archived']) {
    const values = call.query.list(name);
    if (values.length > 0) next.set(name, values.join(','));
  }
  next.set('after', last.id);
  return {
    status: 200,
    body: { results, paging: { next: { after: last.id, link: `${parts.origin()}${call.path}?${next.toString()}` } } },
  };
}

function read(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.readScope);
  const record = parts.crm.lookup.find(call.portal, type, call.params['id'] ?? '', {
    idProperty: call.query.text('idProperty'),
    archived: call.query.flag('archived'),
    reading: true,
  });
  return {
    status: 200,
    body: recordAnswer(parts, call.portal, type, record, {
      properties: call.query.list('properties'),
      withHistory: call.query.list('propertiesWithHistory'),
      associations: call.query.list('associations'),
    }),
  };
}

function update(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  const { properties } = parseBody(updateShape, call.body);
  const record = parts.crm.lookup.find(call.portal, type, call.params['id'] ?? '', {
    idProperty: call.query.text('idProperty'),
  });
  const updated = parts.crm.update(call.portal, type, record, properties);
  return { status: 200, body: updatedAnswer(parts, call.portal, type, updated.record, updated.touched) };
}

/**
 * For a repeated DELETE or an unknown id, it is unclear whether HubSpot returns 204 or 404. 404 is the stricter
 * reading.
 */
function archive(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  parts.crm.archive(call.portal, type, parts.crm.lookup.find(call.portal, type, call.params['id'] ?? ''));
  return { status: 204 };
}

function searchAnswer(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.readScope);
  if (JSON.stringify(call.body ?? {}).length > LONGEST_SEARCH_BODY) {
    throw validationError(`The request body of a search must not exceed ${LONGEST_SEARCH_BODY} characters`);
  }
  const request = parseBody(searchShape, call.body);
  const found = search(parts.crm, call.portal, type, request);
  return {
    status: 200,
    body: {
      total: found.total,
      results: found.records.map((record) =>
        recordAnswer(parts, call.portal, type, record, { properties: request.properties ?? [] }),
      ),
      ...(found.after === null ? {} : { paging: { next: { after: found.after } } }),
    },
  };
}

function merge(parts: Parts, call: Call): Answer {
  const type = typeOf(parts, call);
  requireScope(call, type.writeScope);
  if (type.kind !== 'record') throw validationError(`Merging is not supported for ${type.typeId}`);
  const { primaryObjectId, objectIdToMerge } = parseBody(mergeShape, call.body);
  const primary = parts.crm.lookup.find(call.portal, type, primaryObjectId);
  const other = parts.crm.lookup.find(call.portal, type, objectIdToMerge);
  if (primary.id === other.id) throw validationError('Cannot merge an object into itself');
  const merged = parts.crm.merge(call.portal, type, primary, other);
  return { status: 200, body: createdAnswer(parts, call.portal, type, merged) };
}

/** The beta for activities: 204, a 404 for an unknown id, and HTML where the account does not have the beta. */
function eraseActivity(parts: Parts, call: Call): Answer {
  if (!parts.settings.activityErasure) throw new NoSuchPath();
  requireScope(call, 'crm.objects.contacts.write');
  const { objectId } = parseBody(eraseShape, call.body);
  const type = typeOf(parts, { ...call, params: { type: call.path.split('/').at(-2) ?? '' } });
  const record = parts.crm.records.get(call.portal.id, type.typeId, objectId);
  if (record === undefined) throw objectNotFound(objectId);
  parts.crm.erase(call.portal, record);
  return { status: 204 };
}

/** HubSpot puts an address without a contact on a block list, and also returns 204. */
function erase(parts: Parts, call: Call): Answer {
  requireScope(call, 'crm.objects.contacts.write');
  const { objectId, idProperty } = parseBody(eraseShape, call.body);
  const type = typeOf(parts, { ...call, params: { type: 'contacts' } });
  try {
    parts.crm.erase(
      call.portal,
      parts.crm.lookup.find(call.portal, type, objectId, { idProperty: idProperty ?? undefined }),
    );
  } catch (error) {
    if (!(error instanceof ApiError) || error.statusCode !== 404) throw error;
    if (idProperty !== 'email') throw objectNotFound(objectId);
  }
  return { status: 204 };
}
