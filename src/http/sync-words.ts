import { z } from 'zod';
import type { ReasonCode, SyncStatus } from '../meeting/status';

const syncStatuses = {
  accepted: 'accepted',
  syncing: 'syncing',
  waiting: 'waiting',
  needs_attention: 'needs_attention',
  synced: 'synced',
  skipped: 'skipped',
  deleted: 'deleted',
} as const satisfies { readonly [Status in SyncStatus]: Status };

export const syncStatus = z.enum(syncStatuses, oneOf(syncStatuses)).meta({ description: 'The status of a meeting' });

const reasonCodes = {
  not_connected: 'not_connected',
  reauthorize: 'reauthorize',
  missing_scope: 'missing_scope',
  app_misconfigured: 'app_misconfigured',
  hubspot_unavailable: 'hubspot_unavailable',
  hubspot_rejected: 'hubspot_rejected',
  hubspot_down: 'hubspot_down',
  rate_limited: 'rate_limited',
  daily_limit: 'daily_limit',
  no_crm_match: 'no_crm_match',
  internal_only: 'internal_only',
  unlinked_by_hand: 'unlinked_by_hand',
  meeting_excluded: 'meeting_excluded',
  private: 'private',
  deleted_in_hubspot: 'deleted_in_hubspot',
  recorded_twice: 'recorded_twice',
  key_missing: 'key_missing',
  activities_remain: 'activities_remain',
  being_deleted: 'being_deleted',
  content_expired: 'content_expired',
  cancelled: 'cancelled',
  internal_error: 'internal_error',
} as const satisfies { readonly [Code in ReasonCode]: Code };

export const reasonCode = z.enum(reasonCodes, oneOf(reasonCodes));

/** Replaces zod's message with our own wording. */
function oneOf(values: object) {
  return { error: `must be one of ${Object.keys(values).join(', ')}` };
}
