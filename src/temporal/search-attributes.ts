import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from './names';

/**
 * Typed keys of the search attributes, for starts and for workflow code. Temporal does not encrypt search attributes, so
 * none may hold personal data.
 */
export const searchAttribute = {
  portalId: defineSearchAttributeKey('HubSpotPortalId', SEARCH_ATTRIBUTES.HubSpotPortalId),
  meetingId: defineSearchAttributeKey('MeetingId', SEARCH_ATTRIBUTES.MeetingId),
  status: defineSearchAttributeKey('SyncStatus', SEARCH_ATTRIBUTES.SyncStatus),
  reason: defineSearchAttributeKey('SyncReason', SEARCH_ATTRIBUTES.SyncReason),
} as const;
