import { hubspot, type CrmContext } from '@hubspot/ui-extensions';

/** The server's `PUBLIC_URL`, which `permittedUrls.fetch` in app-hsmeta.json must also name. */
export const PUBLIC_URL = 'https://meetings.northwind.example';

/** HubSpot's own limit is 15 seconds, and our server responds within milliseconds. */
const TIMEOUT_MS = 10_000;

export interface NextStep {
  readonly text: string;
  readonly owner: string | null;
  /** `2026-11-06`. */
  readonly dueDate: string | null;
  readonly due: 'overdue' | 'today' | 'later' | null;
  /** Its task in HubSpot. Absent in responses of earlier servers. */
  readonly task?: { readonly state: 'open' | 'completed' | 'deleted'; readonly url: string } | null;
}

export interface Meeting {
  readonly meetingId: string;
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly status: string;
  readonly score: { readonly value: number; readonly max: number; readonly label: string | null } | null;
  /** The first titles of `topicCount`. */
  readonly topics: readonly string[];
  readonly topicCount: number;
  /** The first of `nextStepCount`, by due date. */
  readonly nextSteps: readonly NextStep[];
  readonly nextStepCount: number;
  readonly recordingUrl: string | null;
  /** Absent in responses of earlier servers. */
  readonly timelineUrl?: string | null;
  readonly url: string;
}

/** A value that a meeting wrote to a property of the record. */
export interface WrittenValue {
  readonly label: string;
  readonly value: string;
  readonly meetingUrl: string;
}

/** The server's response (`src/http/hubspot-card.ts`). */
export type Answer =
  | { readonly state: 'not_connected'; readonly settingsUrl: string }
  | {
      readonly state: 'connected' | 'reauthorize';
      readonly meetings: readonly Meeting[];
      readonly total: number;
      /** Absent in responses of earlier servers, as are the two after it. */
      readonly values?: readonly WrittenValue[];
      /** Suggestions that wait for a person. */
      readonly openReviews?: number;
      readonly reviewsUrl?: string;
      readonly meetingsUrl: string;
      readonly settingsUrl: string;
    };

/** A response, or a message on why there is none. */
export type Loaded = Answer | { readonly state: 'failed'; readonly message: string };

/**
 * Loads the record's meetings from our server, through HubSpot's proxy. The proxy signs the request and adds the account
 * and the user to the URL.
 */
export async function loadMeetings(context: CrmContext, limit: number): Promise<Loaded> {
  const { objectId, objectTypeId } = context.crm;
  const query = new URLSearchParams({ objectTypeId, recordId: String(objectId), limit: String(limit) });
  try {
    const response = await hubspot.fetch(`${publicUrl(context)}/hubspot/card?${query.toString()}`, {
      method: 'GET',
      timeout: TIMEOUT_MS,
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok && isAnswer(body)) return body;
    return { state: 'failed', message: problemIn(body) ?? `The server answered with status ${response.status}.` };
  } catch (error) {
    return { state: 'failed', message: error instanceof Error ? error.message : 'The server did not answer.' };
  }
}

/** The variable `PUBLIC_URL` of a config profile overrides the URL above, so several servers can share these files. */
function publicUrl({ variables }: CrmContext): string {
  const given = variables?.['PUBLIC_URL'];
  return typeof given === 'string' && given !== '' ? given.replace(/\/+$/, '') : PUBLIC_URL;
}

function isAnswer(body: unknown): body is Answer {
  if (!isObject(body)) return false;
  switch (body['state']) {
    case 'not_connected':
      return true;
    case 'connected':
    case 'reauthorize':
      return Array.isArray(body['meetings']) && typeof body['total'] === 'number';
    default:
      return false;
  }
}

/** The message of our problem document, which HubSpot's proxy may wrap in a response of its own. */
function problemIn(body: unknown): string | null {
  if (!isObject(body)) return null;
  if (typeof body['detail'] === 'string') return body['detail'];
  return problemIn(body['responseBody']) ?? (typeof body['message'] === 'string' ? body['message'] : null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
