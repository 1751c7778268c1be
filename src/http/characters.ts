import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import { isStorable } from '../meeting/content/characters';
import { pathText } from '../meeting/faults';
import { InvalidInputError } from './plumbing/validation';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route's schema cleans the texts of its body itself. */
    cleansTexts?: boolean;
  }
}

const MESSAGE = 'must not have the character U+0000 or half of a surrogate pair';

/**
 * Refuses queries and JSON with characters that PostgreSQL cannot store, or would change. Ids in paths need no check:
 * they match nothing. Pages report the error at the field.
 */
export function refuseUnstorable(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { query, body, routeOptions } = request;
    const path = unstorable(query) ?? (routeOptions.config.cleansTexts === true ? null : unstorable(body));
    if (path === null) return done();
    return done(new InvalidInputError('One field is not valid.', [{ path: pathText(path), message: MESSAGE }]));
  });
}

/** The path of the first text or field name that cannot be stored, or null. */
function unstorable(root: unknown): (string | number)[] | null {
  const left: { readonly value: unknown; readonly path: (string | number)[] }[] = [{ value: root, path: [] }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isStorable(value)) return path;
    if (Array.isArray(value))
      for (const [index, each] of value.entries()) left.push({ value: each, path: [...path, index] });
    else if (hasFields(value))
      for (const [name, each] of Object.entries(value)) {
        if (!isStorable(name)) return [...path, name];
        left.push({ value: each, path: [...path, name] });
      }
  }
  return null;
}

/** Excludes streams and bytes, which are not parsed yet. */
function hasFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Readable) && !(value instanceof Uint8Array);
}
