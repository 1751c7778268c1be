import type { LinkVia, RecordRef } from './linking/cascade';

/** A linked record, as stored in the mirror. `properties` is null until the record was read for the first time. */
export interface ContextRecord {
  readonly objectType: string;
  readonly id: string;
  readonly via: LinkVia;
  /** The display name; null until the record was read, and where HubSpot has no name for it. */
  readonly name: string | null;
  /** The singular name of a custom object's type. */
  readonly typeName: string | null;
  /** For deals, and for custom objects that have pipelines. A `name` is null while the catalogue lacks it. */
  readonly pipeline: { readonly id: string; readonly name: string | null } | null;
  readonly stage: {
    readonly id: string;
    readonly name: string | null;
    readonly isClosed: boolean | null;
    /** From 0 to 1. */
    readonly probability: number | null;
  } | null;
  readonly owner: { readonly id: string; readonly name: string | null; readonly email: string | null } | null;
  /** Whether the record was archived in HubSpot. The next sync removes it from the links. */
  readonly archived: boolean;
  /** The other linked records that HubSpot associates with this one, as of the last read or event. */
  readonly associatedWith: readonly RecordRef[];
  readonly properties: Readonly<Record<string, string | null>> | null;
  /** ISO 8601. */
  readonly readAt: string | null;
}

/** The CRM records behind a meeting. */
export interface MeetingContext {
  readonly meetingId: string;
  readonly contacts: ContextRecord[];
  readonly companies: ContextRecord[];
  readonly deals: ContextRecord[];
  readonly customObjects: ContextRecord[];
}
