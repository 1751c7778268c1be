import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import { isStorable } from '../meeting/content/characters';
import { pathText } from '../meeting/validation-errors';
import { InvalidInputError } from './plumbing/validation';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route's schema cleans the texts of its body itself. */
    cleansTexts?: boolean;
  }
}

const LONGEST_PATH = 50;
/** The message of {@link unstorable}. */
export const UNSTORABLE = 'must not have the character U+0000 or half of a surrogate pair';

/**
 * Refuses queries and JSON with characters that PostgreSQL cannot store, or would change. Ids in paths need no check:
 * they match nothing. Pages report the error at the field.
 */
export function refuseUnstorable(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { query, body, routeOptions } = request;
    const path = unstorable(query) ?? (routeOptions.config.cleansTexts === true ? null : unstorable(body));
    if (path === null) return done();
    return done(new InvalidInputError('One field is not valid.', [{ path: pathText(path), message: UNSTORABLE }]));
  });
}

/** A value within a body. Its path is only built when needed: senders choose the depth. */
interface Place {
  readonly value: unknown;
  readonly step: string | number;
  readonly within: Place | null;
}

/** The path of the first text or field name that cannot be stored, or null. */
export function unstorable(root: unknown): (string | number)[] | null {
  const left: Place[] = [{ value: root, step: '', within: null }];
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { value } = place;
    if (typeof value === 'string' && !isStorable(value)) return pathOf(place);
    if (Array.isArray(value))
      for (const [index, each] of value.entries()) left.push({ value: each, step: index, within: place });
    else if (hasFields(value))
      for (const [name, each] of Object.entries(value)) {
        const field = { value: each, step: name, within: place };
        if (!isStorable(name)) return pathOf(field);
        left.push(field);
      }
  }
  return null;
}

/** The last {@link LONGEST_PATH} steps to a value, without the root. */
function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at.within !== null && path.length < LONGEST_PATH; at = at.within) path.push(at.step);
  return path.toReversed();
}

/** Excludes streams and bytes, which are not parsed yet. */
function hasFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Readable) && !(value instanceof Uint8Array);
}
