import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import { isStorable } from '../meeting/characters';
import { pathText } from '../meeting/faults';
import { InvalidInputError } from './validation';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route's own schema cleans the texts of its body. */
    cleansTexts?: boolean;
  }
}

const MESSAGE = 'must not have the character U+0000 or half of a surrogate pair';

/**
 * Refuses what cannot be stored, or would be stored as something else, in a query or in JSON. An id in an address
 * that has such a character names nothing, and is answered so; pages say at their fields what is wrong.
 */
export function refuseUnstorable(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { query, body, routeOptions } = request;
    const path = unstorable(query) ?? (routeOptions.config.cleansTexts === true ? null : unstorable(body));
    if (path === null) return done();
    return done(new InvalidInputError('One field is not valid.', [{ path: pathText(path), message: MESSAGE }]));
  });
}

/** The path of the first text that cannot be stored; a field's name counts as well. Null when all can. */
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

/** Bodies that are read as they come are no values yet. */
function hasFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Readable) && !(value instanceof Uint8Array);
}
