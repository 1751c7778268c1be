import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { UNDER_WAY, type SyncStatus } from '../../../meeting/status';
import type { Banner } from './banners';
import { formField } from './session';
import { isPoll } from './polls';

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

/** Whether the polling page already shows this version. If so, nothing is replaced, to not disturb its reader. */
export function isSeen(request: FastifyRequest, version: string): boolean {
  return isPoll(request) && formField(request.query, 'seen') === version;
}

/** How a page that is open shows banners that changed since it was loaded. */
export interface ShownBanners {
  /** Identifies the banners that the page was loaded with; "" for none. */
  readonly first: string;
  /** Whether they are new. New ones lie over the page, so that nothing on it moves. */
  readonly late: boolean;
  /** Whether the page was loaded with banners and has none now. A message keeps their place. */
  readonly solved: boolean;
}

/** Compares the banners with those that the polling page was loaded with. */
export function shownBanners(request: FastifyRequest, banners: readonly Banner[]): ShownBanners {
  const now = banners.length === 0 ? '' : versionOf(banners.map(({ message }) => message));
  const first = isPoll(request) ? (formField(request.query, 'first') ?? '') : now;
  return { first, late: now !== '' && now !== first, solved: now === '' && first !== '' };
}
