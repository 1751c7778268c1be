import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { UNDER_WAY, type SyncStatus } from '../../../meeting/status';
import { formField } from './session';

/** Whether a page that shows meetings of these statuses is soon out of date: it asks again every two seconds, then. */
export function isMoving(statuses: readonly SyncStatus[]): boolean {
  return statuses.some((status) => UNDER_WAY.includes(status));
}

/** Names what a page shows, for {@link isSeen}. */
export function versionOf(model: object): string {
  return createHash('sha256').update(JSON.stringify(model)).digest('base64url').slice(0, 16);
}

/** A page that asks whether it is still up to date. htmx sends the header. */
export function isPoll(request: FastifyRequest): boolean {
  return request.headers['hx-request'] === 'true';
}

/** Whether the page that asks shows this version already: then nothing of it is replaced, nor a person disturbed. */
export function isSeen(request: FastifyRequest, version: string): boolean {
  return isPoll(request) && formField(request.query, 'seen') === version;
}
