import { message, t } from '../languages/text';
import type { ReasonCode } from '../meeting/status';

/** Short names of the reasons, in English. A reason's message has the details. */
export const REASONS: Readonly<Record<ReasonCode, string>> = {
  not_connected: message('Not connected to HubSpot'),
  reauthorize: message('HubSpot disconnected us'),
  missing_scope: message('A HubSpot permission is missing'),
  contact_limit: message('The HubSpot account has no room for contacts'),
  app_misconfigured: message('HubSpot refuses our app settings'),
  hubspot_unavailable: message('HubSpot failed at every retry'),
  hubspot_rejected: message('HubSpot refused to save it'),
  hubspot_down: message('HubSpot is not responding'),
  rate_limited: message('HubSpot’s rate limit'),
  daily_limit: message('HubSpot’s daily limit'),
  no_crm_match: message('No one from this meeting is in HubSpot'),
  internal_only: message('Only colleagues took part'),
  unlinked_by_hand: message('Every record was unlinked by hand'),
  meeting_excluded: message('Excluded by the settings'),
  private: message('Private'),
  deleted_in_hubspot: message('Deleted in HubSpot'),
  recorded_twice: message('Another recording came first'),
  key_missing: message('An encryption key is missing'),
  activities_remain: message('Activities remain in HubSpot'),
  being_deleted: message('Being deleted'),
  content_expired: message('Retention period ended'),
  cancelled: message('Stopped by an operator'),
  internal_error: message('Something went wrong on our side'),
};

/** How many meetings need a person for this reason, in one line. */
export function titleOfCause(code: ReasonCode, count: number): string {
  switch (code) {
    case 'not_connected':
      return t('{count, plural, one {# meeting waits} other {# meetings wait}} for a HubSpot account', { count });
    case 'reauthorize':
      return t('{count, plural, one {# meeting waits} other {# meetings wait}} until HubSpot is connected again', {
        count,
      });
    case 'missing_scope':
      return t('{count, plural, one {# meeting waits} other {# meetings wait}} for a permission in HubSpot', { count });
    case 'hubspot_rejected':
      return t('HubSpot refused to save {count, plural, one {# meeting} other {# meetings}}', { count });
    default:
      return t('{reason}: {count, plural, one {# meeting} other {# meetings}}', { reason: t(REASONS[code]), count });
  }
}
