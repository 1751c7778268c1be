import type { NamedMeeting } from '../meeting/notices/named-meeting';
import type { MessageGroup } from './message';

/** A notice, as its outlet gets it. */
export interface Notice {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** What a message needs beside its notices. */
export interface DigestFacts {
  readonly workspace: string;
  /** The URL of the pages, without a trailing slash. */
  readonly publicUrl: string;
  readonly timeZone: string;
  /** The meetings of the notices, by id, as they are now. One that is not there was deleted. */
  readonly meetings: ReadonlyMap<string, NamedMeeting>;
  /** A daily digest names its day; null for a message at once. */
  readonly day: Date | null;
  readonly outlet: { readonly name: string; readonly createdBy: string; readonly settingsPath: string };
}

/** Groups that need a person, and the others. */
export interface Groups {
  readonly urgent: readonly MessageGroup[];
  readonly others: readonly MessageGroup[];
}
