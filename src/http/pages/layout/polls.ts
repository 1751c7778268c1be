import type { FastifyRequest } from 'fastify';

/** Whether the request is a page's poll for changes, or loads a part of a page. htmx sends the header. */
export function isPoll(request: FastifyRequest): boolean {
  return request.headers['hx-request'] === 'true';
}

/** Whether a person uses the page: an open page that follows changes says which version it shows. */
export function isUsed(request: FastifyRequest): boolean {
  const { query } = request;
  return !isPoll(request) || typeof query !== 'object' || query === null || !('seen' in query);
}
