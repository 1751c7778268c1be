/** How the webhooks journal behaves; `settings.journal` of a running sandbox. */
export interface JournalSettings {
  /**
   * What the app may do with it. `refused`, the default, gives no token (BAD_SCOPES): the journal's scopes were not to be
   * had by every developer. `powerless` gives a token whose calls are answered with 403. Nobody tells which of the two
   * HubSpot does.
   */
  access: 'refused' | 'powerless' | 'granted';
  /** Events of one file. HubSpot: up to 10,000 or 5 MB, and 100 before July 2026. */
  fileSize: number;
  /** How long a file is there, in milliseconds. HubSpot: three days. */
  keptMs: number;
  /** How long the address of a file is good, in milliseconds. */
  addressMs: number;
  /** The answer while nothing is newer than an offset: 204 was seen live, one public reader expects 404. */
  nothingNew: 204 | 404;
}

export function defaultJournalSettings(): JournalSettings {
  return { access: 'refused', fileSize: 100, keptMs: 3 * 24 * 3_600_000, addressMs: 300_000, nothingNew: 204 };
}
