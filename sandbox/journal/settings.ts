/** The behaviour of the webhooks journal; `settings.journal` of a running sandbox. */
export interface JournalSettings {
  /**
   * The app's access to the journal. `refused`, the default, grants no token (BAD_SCOPES): the journal's scopes were
   * not available to every developer. `powerless` grants a token whose calls get a 403. Which of the two HubSpot does
   * is not documented.
   */
  access: 'refused' | 'powerless' | 'granted';
  /** Events per file. HubSpot: up to 10,000 or 5 MB, and 100 before July 2026. */
  fileSize: number;
  /** How long a file is available, in milliseconds. HubSpot: three days. */
  keptMs: number;
  /** How long the address of a file is valid, in milliseconds. */
  addressMs: number;
  /** The status while nothing is newer than an offset: 204 was seen live, one public reader expects 404. */
  nothingNew: 204 | 404;
}

/** No access, because HubSpot grants it to few apps. Files are kept for three days, and an address lasts five minutes. */
export function defaultJournalSettings(): JournalSettings {
  return { access: 'refused', fileSize: 100, keptMs: 3 * 24 * 3_600_000, addressMs: 300_000, nothingNew: 204 };
}
