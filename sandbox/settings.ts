import { defaultJournalSettings } from './journal/settings';
import type { JournalSettings } from './journal/settings';
import { defaultWebhookSettings } from './webhooks/settings';
import type { WebhookSettings } from './webhooks/settings';

/** Budgets of one portal. `null` disables a budget. */
export interface SandboxLimits {
  /** Requests in ten rolling seconds, without search and association batches. HubSpot: 110 for an OAuth app. */
  tenSecondly: number | null;
  /** Searches in one second, over all apps of the portal. HubSpot: 5. */
  searchPerSecond: number | null;
  /** Requests under /crm/associations/ in ten seconds. HubSpot: 100 to 200 by tier. */
  associationsTenSecondly: number | null;
  /** Requests in a day of the portal's time zone. OAuth apps of the marketplace have no daily limit. */
  daily: number | null;
}

/** Settings that can change while the sandbox runs, by `sandbox.settings` or PATCH /sandbox/api/settings. */
export interface SandboxSettings {
  /** Lifetime of an access token in seconds. HubSpot: 1800. */
  accessTokenSeconds: number;
  /** Lifetime of an authorisation code in seconds. */
  codeSeconds: number;
  /** Issues a new refresh token at every refresh. HubSpot keeps the same one. */
  rotateRefreshTokens: boolean;
  /**
   * What a further authorisation of an account does to the refresh token of the one before. Whether HubSpot keeps both
   * (`another`), answers with the same token (`same`), or voids the first (`replaces`) is not documented.
   */
  furtherGrants: 'another' | 'same' | 'replaces';
  /** How long search does not see a write, in milliseconds. Measured at HubSpot: up to 28 s. */
  searchLagMs: number;
  /** Search pages have one hit less than requested and still name the next page. */
  shortSearchPages: boolean;
  /** Returns batch results in an order other than the inputs'. */
  shuffleBatches: boolean;
  /** Association reads still return archived records. */
  staleAssociations: boolean;
  /** Entries per record and page in association reads, batch and single. HubSpot: 500. */
  associationPageSize: number;
  /** Merged records keep the primary's id (HubSpot's beta) instead of getting a new one. */
  mergeKeepsPrimaryId: boolean;
  /** The most records of `to` that one record of `from` may be associated with, e.g. {"deals>contacts": 1}. */
  associationLimits: Record<string, number>;
  /** The most inline associations of one create. HubSpot does not document it; the cautious number is 50. */
  inlineAssociations: number;
  /**
   * How a search treats `hs_additional_emails`. `enumeration`, as in HubSpot's own definitions: EQ and IN match any of
   * its addresses. `string`: they match the whole list only. `refused`: IN on it is a 400.
   */
  additionalEmails: 'enumeration' | 'string' | 'refused';
  /** Also rewrites bodies as HubSpot's editor does: one `div` around, attributes on links, entities decoded. */
  editorMarkup: boolean;
  /** Properties that are missing in the responses to creates and updates. */
  unansweredProperties: string[];
  /** Batch updates omit deleted records from the response without an error, as they do with merged ones. */
  deletedLeftOut: boolean;
  /** Whether responses to batch creates name the trace ids of their inputs. Recorded ones of 2025 do not. */
  traceIdsInCreates: boolean;
  /** Endings of addresses that HubSpot refuses as an `email`, such as "@example.invalid" or ".test". */
  refusedEmailEndings: string[];
  /**
   * Searches per second that another app of the account uses of `limits.searchPerSecond`. Every account has such an
   * app.
   */
  otherAppSearchesPerSecond: number;
  /**
   * Whether the beta that permanently erases meetings, notes, calls and tasks is available. Without it, its paths are
   * 404.
   */
  activityErasure: boolean;
  limits: SandboxLimits;
  webhooks: WebhookSettings;
  journal: JournalSettings;
}

export type LimitOptions = Partial<SandboxLimits>;

export const HUBSPOT_LIMITS: SandboxLimits = {
  tenSecondly: 110,
  searchPerSecond: 5,
  associationsTenSecondly: 100,
  daily: null,
};

/** Reserved names (RFC 2606) without mailboxes. HubSpot's own list is not known. An admin's own refusals extend it. */
const REFUSED_EMAIL_ENDINGS: readonly string[] = ['.invalid', '.localhost'];

/** HubSpot's usual behaviour. */
export function defaultSettings(): SandboxSettings {
  return {
    accessTokenSeconds: 1800,
    codeSeconds: 60,
    rotateRefreshTokens: false,
    furtherGrants: 'another',
    searchLagMs: 3000,
    shortSearchPages: false,
    shuffleBatches: true,
    staleAssociations: false,
    associationPageSize: 500,
    mergeKeepsPrimaryId: false,
    associationLimits: {},
    inlineAssociations: 50,
    additionalEmails: 'enumeration',
    editorMarkup: false,
    unansweredProperties: [],
    deletedLeftOut: false,
    traceIdsInCreates: true,
    refusedEmailEndings: [...REFUSED_EMAIL_ENDINGS],
    otherAppSearchesPerSecond: 0,
    activityErasure: true,
    limits: { ...HUBSPOT_LIMITS },
    webhooks: defaultWebhookSettings(),
    journal: defaultJournalSettings(),
  };
}
