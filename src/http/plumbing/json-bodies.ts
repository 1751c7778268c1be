import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NotJsonError, parseStrictJson } from '../strict-json';
import { ProblemError } from './problems';

/**
 * Accepts JSON bodies, and no others. Some clients send "Content-Type: application/json" without a body on every POST and
 * DELETE, which is not an error.
 */
export function parseJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    await request.turn();
    if (isBlank(body)) return undefined;
    try {
      return parseStrictJson(body);
    } catch (error) {
      if (error instanceof NotJsonError) throw new ProblemError('invalid-json', `The body ${error.message}.`);
      throw error;
    }
  });
}

function isBlank(body: Buffer): boolean {
  return body.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
