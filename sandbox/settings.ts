import { defaultJournalSettings } from './journal/settings';
import type { JournalSettings } from './journal/settings';
import { defaultWebhookSettings } from './webhooks/settings';
import type { WebhookSettings } from './webhooks/settings';

/** Budgets of one portal. `null` as a value means that the budget is not watched. */
export interface Limits {
  /** Requests in ten rolling seconds, search and association batches aside. HubSpot: 110 for an OAuth app. */
  tenSecondly: number | null;
  /** Searches in one second, over all apps of the portal. HubSpot: 5. */
  searchPerSecond: number | null;
  /** Requests under /crm/associations/ in ten seconds. HubSpot: 100 to 200 by tier. */
  associationsTenSecondly: number | null;
  /** Requests in a day of the portal's time zone. OAuth apps of the marketplace have none. */
  daily: number | null;
}

/** What can be changed while the sandbox runs, by `sandbox.settings` or PATCH /sandbox/api/settings. */
export interface Settings {
  /** Life of an access token in seconds. HubSpot: 1800. */
  accessTokenSeconds: number;
  /** Life of an authorisation code in seconds. */
  codeSeconds: number;
  /** A new refresh token at every refresh. HubSpot keeps the same one. */
  rotateRefreshTokens: boolean;
  /** How long a write stays unseen by search, in milliseconds. Measured at HubSpot: up to 28 s. */
  searchLagMs: number;
  /** Search pages hold one hit less than asked for and still name the next page. */
  shortSearchPages: boolean;
  /** Batch answers come in an order of their own. */
  shuffleBatches: boolean;
  /** Association reads go on naming archived records. */
  staleAssociations: boolean;
  /** Entries of one record and page in association reads, batch and single. HubSpot: 500. */
  associationPageSize: number;
  /** Merged records keep the primary's id (HubSpot's beta) instead of getting a new one. */
  mergeKeepsPrimaryId: boolean;
  /** Largest number of records of `to` that one record of `from` may be associated with, e.g. {"deals>contacts": 1}. */
  associationLimits: Record<string, number>;
  /** How many inline associations one create may carry; not documented, the careful number is 50. */
  inlineAssociations: number;
  /**
   * What `hs_additional_emails` is to a search. `enumeration`, what HubSpot's own definitions say: EQ and IN match any
   * of its addresses. `string`: they match the whole list only. `refused`: IN on it is a 400.
   */
  additionalEmails: 'enumeration' | 'string' | 'refused';
  /** Bodies are also written in the way of HubSpot's editor: one `div` around, attributes on links, entities decoded. */
  editorMarkup: boolean;
  /** Properties that answers to creates and updates leave out. */
  unansweredProperties: string[];
  /** Batch updates leave deleted records out of their answer without a word, as they do with merged ones. */
  deletedLeftOut: boolean;
  /** Whether answers of batch creates name the trace ids of their inputs; recorded ones of 2025 do not. */
  traceIdsInCreates: boolean;
  /** Ends of addresses that HubSpot refuses as an `email`, such as "@example.invalid" or ".test". */
  refusedEmailEndings: string[];
  /** Searches a second that another app of the account takes from `limits.searchPerSecond`; every account has one. */
  otherAppSearchesPerSecond: number;
  /** Whether the beta that erases meetings, notes, calls and tasks for good is there; without it its paths are 404. */
  activityErasure: boolean;
  limits: Limits;
  webhooks: WebhookSettings;
  journal: JournalSettings;
}

export type LimitOptions = Partial<Limits>;

export const HUBSPOT_LIMITS: Limits = {
  tenSecondly: 110,
  searchPerSecond: 5,
  associationsTenSecondly: 100,
  daily: null,
};

/** Reserved names (RFC 2606) that no mailbox has; HubSpot's own list is not known, an admin's own refusals add to it. */
export const REFUSED_EMAIL_ENDINGS: readonly string[] = ['.invalid', '.localhost'];

export function defaultSettings(): Settings {
  return {
    accessTokenSeconds: 1800,
    codeSeconds: 60,
    rotateRefreshTokens: false,
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
