import { expect, test } from '@jest/globals';
import { reasons } from '../../../src/meeting/reasons';
import type { SyncReason } from '../../../src/meeting/status';

const until = '2026-11-04T00:00:00.500Z';
const all: Record<keyof typeof reasons, SyncReason> = {
  not_connected: reasons.not_connected(),
  reauthorize: reasons.reauthorize(),
  missing_scope: reasons.missing_scope({ scopes: ['crm.objects.deals.read', 'crm.objects.custom.read'] }),
  app_misconfigured: reasons.app_misconfigured({ message: 'missing or invalid client id' }),
  hubspot_unavailable: reasons.hubspot_unavailable({ detail: '502 without a readable answer' }),
  hubspot_rejected: reasons.hubspot_rejected({ rule: 'Property "region" is required' }),
  hubspot_down: reasons.hubspot_down({ until: null }),
  rate_limited: reasons.rate_limited({ until }),
  daily_limit: reasons.daily_limit({ until }),
  no_crm_match: reasons.no_crm_match({ lateMatchDays: 30 }),
  internal_only: reasons.internal_only(),
  unlinked_by_hand: reasons.unlinked_by_hand(),
  meeting_excluded: reasons.meeting_excluded({ setting: 'meetings under 5 minutes are never synced.' }),
  private: reasons.private(),
  deleted_in_hubspot: reasons.deleted_in_hubspot({ missing: ['summary', 'notes'] }),
  recorded_twice: reasons.recorded_twice(),
  contact_limit: reasons.contact_limit(),
  key_missing: reasons.key_missing({ keyId: 'main' }),
  activities_remain: reasons.activities_remain({
    activities: [
      { portalId: 7, objectType: 'meetings', id: '12' },
      { portalId: 7, objectType: 'notes', id: null },
    ],
  }),
  being_deleted: reasons.being_deleted(),
  content_expired: reasons.content_expired({ retentionDays: 365 }),
  cancelled: reasons.cancelled(),
  internal_error: reasons.internal_error({ reference: 'run-1' }),
};

test.each(Object.entries(all))('%s says what happened and what to do next, each in one sentence', (code, reason) => {
  expect(reason.code).toBe(code);
  for (const sentence of [reason.message, reason.action]) {
    expect(sentence).toMatch(/^[A-Z].*[^.]\.$/);
    expect(sentence).not.toMatch(/[.!?] [A-Z]|undefined|null|NaN/);
  }
});

test('reasons name the facts', () => {
  expect(all.missing_scope.message).toBe(
    'HubSpot did not grant a permission that this sync needs: crm.objects.deals.read, crm.objects.custom.read.',
  );
  expect(reasons.missing_scope({ scopes: [] }).message).toBe(
    'HubSpot refused a step because of a missing permission that it did not name.',
  );
  expect(all.hubspot_rejected.message).toContain('Property "region" is required.');
  const properties = [
    { name: 'hs_meeting_outcome', rule: 'COMPLETED was not one of the allowed options.' },
    { name: 'region', rule: 'is required' },
  ];
  expect(reasons.hubspot_rejected({ rule: '[{…}]', properties }).message).toBe(
    'HubSpot refused to save an activity because of the properties “hs_meeting_outcome” (COMPLETED was not one of the allowed options) and “region” (is required).',
  );
  expect(reasons.hubspot_rejected({ rule: 'Unable to infer object type', read: true }).message).not.toContain('save');
  expect(reasons.missing_scope({ scopes: [], message: 'The user cannot view deals' }).message).toBe(
    'HubSpot did not permit a step: The user cannot view deals.',
  );
  expect(reasons.reauthorize({ why: 'this account is in another data center' }).message).toContain(
    'another data center.',
  );
  expect(all.private.action).not.toContain('setting');
  expect(all.daily_limit.message).toContain('continues at 2026-11-04 00:01 UTC.');
  expect(all.hubspot_down.message).toContain('the next try is shortly.');
  expect(all.deleted_in_hubspot.message).toBe(
    'A person deleted the Meeting Summary and the Smart Category Notes in HubSpot, so they are not created again.',
  );
  expect(reasons.deleted_in_hubspot({ missing: ['calendar_meeting'] }).message).toBe(
    'A person deleted the Meeting Summary in the calendar meeting in HubSpot, so it is not created again.',
  );
  expect(all.no_crm_match.action).toContain('within 30 days');
  expect(all.meeting_excluded.message).toContain('never synced.');
});
