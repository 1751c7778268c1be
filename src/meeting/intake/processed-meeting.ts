import type { MeetingField } from '../fields/meeting-field';

/** A person who took part. Has an address, a name or a phone number. */
export type Participant = {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly internal?: boolean | undefined;
};

/** What was agreed in a meeting. */
export type NextStep = {
  readonly text: string;
  readonly owner?: string | undefined;
  /** Such as `2026-11-06`. */
  readonly dueDate?: string | undefined;
  /** The caller's own, stable within the meeting. */
  readonly id?: string | undefined;
  readonly ownerEmail?: string | undefined;
};

export type MeetingSummary = {
  readonly overview?: string | undefined;
  readonly aiScore?: { readonly value: number; readonly max: number; readonly label?: string | undefined } | undefined;
  readonly topics: { readonly title: string; readonly detail?: string | undefined }[];
  readonly nextSteps: NextStep[];
};

export type SmartCategoryItem = {
  readonly kind: 'note' | 'clip';
  readonly text: string;
  readonly startSeconds?: number | undefined;
  readonly endSeconds?: number | undefined;
  readonly clipUrl?: string | undefined;
};

export type SmartCategory = { readonly name: string; readonly items: SmartCategoryItem[] };

/** A processed meeting after it was read. Optional fields are present or absent, and lists are always present. */
export type ProcessedMeeting = {
  readonly meetingId: string;
  readonly title: string;
  /** ISO 8601 with an offset from UTC, as the end is. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** A language tag. */
  readonly language: string;
  readonly recordingUrl: string;
  /** The recording itself, audio or video, over https. HubSpot plays it in a call. */
  readonly recordingMediaUrl?: string | undefined;
  readonly calendarEventId?: string | undefined;
  readonly private?: boolean | undefined;
  readonly host: { readonly email: string; readonly name?: string | undefined };
  readonly participants: Participant[];
  readonly summary: MeetingSummary;
  readonly smartCategories: SmartCategory[];
  /** Values that the pipeline extracted. Absent without one. */
  readonly fields?: MeetingField[] | undefined;
};
