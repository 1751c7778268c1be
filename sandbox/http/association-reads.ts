import { z } from 'zod';
import type { AssociatedEnd, End } from '../crm/associations';
import { typeAmong } from '../crm/association-types';
import type { SandboxAssociationType } from '../crm/association-types';
import type { SandboxObjectType } from '../crm/object-types';
import { validationError } from '../errors';
import type { BatchErrorEntry } from '../errors';
import { idShape, parseBody } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';
import { batchResult } from './answers';
import { checkSize, pairOf, pairPaths, recordPaths } from './association-paths';

const LARGEST_READ = 1000;

const readShape = z.object({ inputs: z.array(z.object({ id: idShape, after: z.string().nullish() })) });

/** Reads associations: of one record page by page, or of up to 1,000 records at once. */
export function associationReadRoutes(api: ApiRoutes, parts: Parts): void {
  api.route('GET', recordPaths('/:type/:id/associations/:toType'), 'objects', (call) => page(parts, call));
  api.route('POST', pairPaths('/:type/:toType/batch/read'), 'associations', (call) => batchRead(parts, call));
}

function page(parts: Parts, call: Call): Answer {
  const { from, to } = pairOf(parts, call, 'read');
  const most = Math.min(500, parts.settings.associationPageSize);
  const limit = Math.min(most, call.query.number('limit', most, { min: 1, max: 500 }));
  const record = parts.crm.lookup.find(call.portal, from, call.params['id'] ?? '', { reading: true });
  const found = entries(parts, call, from, to, record.id, call.query.text('after'), limit);
  const nextPage = `${parts.origin()}${call.path}?limit=${limit}&after=${encodeURIComponent(found.after ?? '')}`;
  return {
    status: 200,
    body: {
      results: found.results,
      ...(found.after === null ? {} : { paging: { next: { after: found.after, link: nextPage } } }),
    },
  };
}

/** Returns one page of a record's associations. `after` is opaque to callers. */
function entries(
  parts: Parts,
  call: Call,
  from: SandboxObjectType,
  to: SandboxObjectType,
  id: string,
  after: string | null | undefined,
  limit: number,
): { results: object[]; after: string | null } {
  const types = parts.crm.associationTypes.between(call.portal.id, from.typeId, to.typeId);
  const end: End = { typeId: from.typeId, id };
  const stale = parts.settings.staleAssociations;
  const live = stale || parts.crm.records.get(call.portal.id, from.typeId, id)?.archived === false;
  const all = live ? parts.crm.associations.of(call.portal.id, end, to.typeId, stale) : [];
  const start = after === null || after === undefined || after === '' ? 0 : afterId(after);
  const rest = all.filter((associated) => Number(associated.id) > start);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return {
    results: shown.map((each) => entry(each, types)),
    after: rest.length > limit && last !== undefined ? Buffer.from(`0-${last.id}`).toString('base64') : null,
  };
}

function afterId(after: string): number {
  const decoded = Buffer.from(after.replaceAll('%3D', '='), 'base64').toString('utf8');
  const id = /^0-(?<id>\d+)$/u.exec(decoded)?.groups?.['id'];
  if (id === undefined) throw validationError(`The after value ${after} is not valid`, { context: { after: [after] } });
  return Number(id);
}

/** Ids are numbers here, although they are strings everywhere else (recorded). */
function entry(associated: AssociatedEnd, types: SandboxAssociationType[]): object {
  return {
    toObjectId: Number(associated.id),
    associationTypes: associated.types.map((present) => ({
      category: present.category,
      typeId: present.typeId,
      label: typeAmong(types, present)?.label ?? null,
    })),
  };
}

function batchRead(parts: Parts, call: Call): Answer {
  const startedAt = Date.now();
  const { from, to } = pairOf(parts, call, 'read');
  const { inputs } = parseBody(readShape, call.body);
  checkSize(inputs, LARGEST_READ);
  const results: unknown[] = [];
  const errors: BatchErrorEntry[] = [];
  for (const input of new Map(inputs.map((each) => [each.id, each])).values()) {
    // A record that does not exist reads like one without associations, and so does a merged one (strict).
    const found = entries(parts, call, from, to, input.id, input.after, parts.settings.associationPageSize);
    if (found.results.length === 0) {
      errors.push({
        status: 'error',
        category: 'OBJECT_NOT_FOUND',
        subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
        message: `No ${to.singular} is associated with ${from.singular} ${input.id}.`,
        context: { fromObjectId: [input.id], fromObjectType: [from.singular], toObjectType: [to.singular] },
      });
      continue;
    }
    results.push({
      from: { id: input.id },
      to: found.results,
      ...(found.after === null ? {} : { paging: { next: { after: found.after } } }),
    });
  }
  return batchResult(parts, { status: 200, results, errors, startedAt });
}
