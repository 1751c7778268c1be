import type { RecordRef } from './linking/cascade';

/** A linked record as the mirror has it; `properties` is null until it was read for the first time. */
export interface ContextRecord {
  readonly objectType: string;
  readonly id: string;
  readonly via: 'participant' | 'domain' | 'cascade' | 'manual';
  /** What people call it; null until it was read, and where HubSpot has no name for it. */
  readonly name: string | null;
  /** Of a custom object: what its type is called, in the singular. */
  readonly typeName: string | null;
  /** Of deals, and of custom objects that have them. A `name` is null while the catalogue does not have it. */
  readonly pipeline: { readonly id: string; readonly name: string | null } | null;
  readonly stage: {
    readonly id: string;
    readonly name: string | null;
    readonly isClosed: boolean | null;
    /** From 0 to 1. */
    readonly probability: number | null;
  } | null;
  readonly owner: { readonly id: string; readonly name: string | null; readonly email: string | null } | null;
  /** Archived in HubSpot since; it leaves the links at the next sync. */
  readonly archived: boolean;
  /** Which of the other linked records HubSpot associates it with, as it was told last. */
  readonly associatedWith: readonly RecordRef[];
  readonly properties: Readonly<Record<string, string | null>> | null;
  /** ISO 8601. */
  readonly readAt: string | null;
}

/** The business behind a meeting. */
export interface MeetingContext {
  readonly meetingId: string;
  readonly contacts: ContextRecord[];
  readonly companies: ContextRecord[];
  readonly deals: ContextRecord[];
  readonly customObjects: ContextRecord[];
}
