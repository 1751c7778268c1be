import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { UNDER_WAY, type SyncStatus } from '../../../meeting/status';
import { formField } from './session';

/**
 * Whether the page must poll, because it shows meetings whose status is about to change. It then polls every two
 * seconds.
 */
export function isMoving(statuses: readonly SyncStatus[]): boolean {
  return statuses.some((status) => UNDER_WAY.includes(status));
}

/** Identifies the content of a page, for {@link isSeen}. */
export function versionOf(model: object): string {
  return createHash('sha256').update(JSON.stringify(model)).digest('base64url').slice(0, 16);
}

/** Whether the request is a page's poll for changes. htmx sends the header. */
export function isPoll(request: FastifyRequest): boolean {
  return request.headers['hx-request'] === 'true';
}

/** Whether the polling page already shows this version. If so, nothing is replaced, to not disturb its reader. */
export function isSeen(request: FastifyRequest, version: string): boolean {
  return isPoll(request) && formField(request.query, 'seen') === version;
}
