/** A record to choose; `detail` tells two of one name apart, `url` is its page in HubSpot. */
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
