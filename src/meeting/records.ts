/** A record to choose. `detail` distinguishes records of the same name; `url` is its page in HubSpot. */
export interface PickedRecord {
  readonly objectType: string;
  readonly id: string;
  readonly name: string;
  readonly detail: string | null;
  readonly url: string;
}

export interface PickedPage {
  readonly results: readonly PickedRecord[];
  readonly after: string | null;
}
