/* Generated from the OpenAPI document of the API by `npm run client-types`. */

export type ResyncMany = {
  /**
   * Only meetings with this reason code, also those that were skipped
   */
  reason?:
    | 'not_connected'
    | 'reauthorize'
    | 'missing_scope'
    | 'contact_limit'
    | 'app_misconfigured'
    | 'hubspot_unavailable'
    | 'hubspot_rejected'
    | 'hubspot_down'
    | 'rate_limited'
    | 'daily_limit'
    | 'no_crm_match'
    | 'internal_only'
    | 'unlinked_by_hand'
    | 'meeting_excluded'
    | 'private'
    | 'deleted_in_hubspot'
    | 'recorded_twice'
    | 'key_missing'
    | 'activities_remain'
    | 'being_deleted'
    | 'content_expired'
    | 'cancelled'
    | 'internal_error';
} | null;
export type ResyncOne = {
  /**
   * Replaces what people changed in the activities in HubSpot
   */
  overwrite?: boolean;
} | null;
export type SignInFor = {
  /**
   * The e-mail address; null without one
   */
  email?: string;
  /**
   * The name; null when it is not known
   */
  name?: string;
} | null;

/**
 * All documents by name.
 */
export interface Documents {
  ProcessedMeeting: ProcessedMeeting;
  ResyncMany: ResyncMany;
  ResyncOne: ResyncOne;
  SignInFor: SignInFor;
  NewApiKey: NewApiKey;
  NewOutlet: NewOutlet;
  OutletChange: OutletChange;
  Redelivery: Redelivery;
  ReviewDecision: ReviewDecision;
  Refusal: Refusal;
  StatusDocument: StatusDocument;
  MeetingPage: MeetingPage;
  ResyncAnswer: ResyncAnswer;
  ResyncProgress: ResyncProgress;
  Connection: Connection;
  SignInLink: SignInLink;
  ConnectLink: ConnectLink;
  Problem: Problem;
  Report: Report;
  CountedMeetings: CountedMeetings;
  AuditEvent: AuditEvent;
  AuditPage: AuditPage;
  Backfill: Backfill;
  CalendarDoubles: CalendarDoubles;
  ApiKey: ApiKey;
  MadeApiKey: MadeApiKey;
  RevokedKey: RevokedKey;
  ContextRecord: ContextRecord;
  MeetingContext: MeetingContext;
  Records: Records;
  ObjectTypes: ObjectTypes;
  Properties: Properties;
  StandardProperties: StandardProperties;
  Outlet: Outlet;
  OutletWithSecret: OutletWithSecret;
  Delivery: Delivery;
  DeliveryPage: DeliveryPage;
  Redelivered: Redelivered;
  MeetingPreview: MeetingPreview;
  SettingsPreview: SettingsPreview;
  Reconciliation: Reconciliation;
  Review: Review;
  ReviewPage: ReviewPage;
  Settings: Settings;
  SettingsChanges: SettingsChanges;
}
/**
 * A processed meeting. A value that cannot be read is dropped, and `warnings` of the response says so. Unknown fields, wrong types and values above a limit are validation errors
 */
export interface ProcessedMeeting {
  /**
   * The caller's own id of the meeting
   */
  meetingId: string;
  title?: string | null;
  /**
   * a date and time with its offset from UTC such as 2026-11-03T10:00:00+01:00
   */
  startedAt: string;
  endedAt?: string | null;
  language?: string | null;
  /**
   * The page of the recording. An http or https address
   */
  recordingUrl: string;
  recordingMediaUrl?: string | null;
  /**
   * The id of the calendar event, which recordings of one event share
   */
  calendarEventId?: string | null;
  /**
   * Never written to HubSpot
   */
  private?: boolean | null;
  /**
   * The person who hosted the meeting
   */
  host: {
    email?: string | null;
    name?: string | null;
  };
  /**
   * Everyone who took part, 200 at most
   */
  participants: ({
    email?: string | null;
    name?: string | null;
    phone?: string | null;
    /**
     * A colleague, who is never matched
     */
    internal?: boolean | null;
  } | null)[];
  /**
   * What was discussed
   */
  summary?: {
    /**
     * The summary in a few sentences
     */
    overview?: string | null;
    aiScore?:
      | (
          | {
              value?: (number | string) | null;
              max?: (number | string) | null;
              /**
               * A name that people read
               */
              label?: string | null;
            }
          | string
          | number
        )
      | null;
    /**
     * What was talked about, 50 at most
     */
    topics?:
      | ({
          title?: string | null;
          /**
           * More about it
           */
          detail?: string | null;
        } | null)[]
      | null;
    /**
     * What was agreed, 50 at most
     */
    nextSteps?:
      | ({
          text?: string | null;
          /**
           * Who owns it
           */
          owner?: string | null;
          dueDate?: string | null;
          id?: string | null;
          ownerEmail?: string | null;
        } | null)[]
      | null;
  } | null;
  /**
   * Notes and clips by category, 2,000 at most
   */
  smartCategories?:
    | ({
        name?: string | null;
        /**
         * The notes and clips of the category
         */
        items?:
          | ({
              /**
               * `note` or `clip`
               */
              kind: string;
              text?: string | null;
              startSeconds?: (number | string) | null;
              endSeconds?: (number | string) | null;
              clipUrl?: string | null;
            } | null)[]
          | null;
      } | null)[]
    | null;
  /**
   * The values that the pipeline extracted, 100 at most
   */
  fields?:
    | ({
        /**
         * Identifies the value
         */
        key: string;
        /**
         * A text of up to 5,000 characters, a number, true or false, or a list of up to 50 texts; a date is YYYY-MM-DD
         */
        value: (string | number | boolean | string[]) | null;
        /**
         * The words of the meeting that it comes from
         */
        quote?: string | null;
        /**
         * Where it begins in the recording, in seconds
         */
        startSeconds?: number | string | null;
        /**
         * How sure the pipeline is, from 0 to 1
         */
        confidence?: number | null;
      } | null)[]
    | null;
}
export interface NewApiKey {
  /**
   * The name; null when it is not known
   */
  name: string;
  /**
   * What the key may do; those of the key that creates it when absent
   */
  scopes?: ('read' | 'meetings:write' | 'admin')[];
  /**
   * Until when it works
   */
  expiresAt?: string | null;
}
export interface NewOutlet {
  /**
   * Where notices go. It does not change
   */
  kind: 'webhook' | 'slack' | 'email';
  /**
   * How people call it
   */
  name: string;
  /**
   * The URL of a webhook or of an incoming webhook of Slack, or up to ten e-mail addresses, separated by commas
   */
  address: string;
  /**
   * The events that it gets
   */
  events: (
    | 'meeting.synced'
    | 'meeting.needs_attention'
    | 'meeting.skipped'
    | 'meeting.links_changed'
    | 'connection.reconnect_needed'
    | 'connection.restored'
    | 'backfill.done'
    | 'review.waiting'
    | 'service.paused'
  )[];
  /**
   * `daily`: one digest a day, at eight o'clock in the account's time zone, and none when nothing happened. Not for webhooks
   */
  when?: 'at_once' | 'daily';
  /**
   * Whether it gets the titles of meetings and the sentences of reasons
   */
  includesText?: boolean;
  /**
   * The language of messages to people
   */
  language?: 'en' | 'es';
}
export interface OutletChange {
  /**
   * How people call it
   */
  name?: string;
  /**
   * The URL of a webhook or of an incoming webhook of Slack, or up to ten e-mail addresses, separated by commas
   */
  address?: string;
  /**
   * The events that it gets
   */
  events?: (
    | 'meeting.synced'
    | 'meeting.needs_attention'
    | 'meeting.skipped'
    | 'meeting.links_changed'
    | 'connection.reconnect_needed'
    | 'connection.restored'
    | 'backfill.done'
    | 'review.waiting'
    | 'service.paused'
  )[];
  /**
   * `daily`: one digest a day, at eight o'clock in the account's time zone, and none when nothing happened. Not for webhooks
   */
  when?: 'at_once' | 'daily';
  /**
   * Whether it gets the titles of meetings and the sentences of reasons
   */
  includesText?: boolean;
  /**
   * The language of messages to people
   */
  language?: 'en' | 'es';
  /**
   * `on`: it gets what happens from now on. `off`: what waits is not delivered
   */
  state?: 'on' | 'off';
}
export interface Redelivery {
  /**
   * What happened from then on
   */
  since: string;
}
export interface ReviewDecision {
  /**
   * What to do with the suggestion
   */
  decision: 'accept' | 'refuse';
  /**
   * With accept: what to write instead of the proposed value
   */
  value?: string | number | boolean | string[];
}
/**
 * HubSpot's response, if it refused a request
 */
export interface Refusal {
  /**
   * HubSpot's message, unchanged
   */
  raw: string;
  /**
   * For HubSpot's support
   */
  correlationId: string | null;
  /**
   * The properties that HubSpot did not accept
   */
  properties: {
    /**
     * The internal name of the property
     */
    name: string;
    /**
     * The rule that decided it
     */
    rule: string;
    /**
     * The property's settings in HubSpot
     */
    settings?: string;
  }[];
  /**
   * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
   */
  objectType: string | null;
}
/**
 * A meeting's status document
 */
export interface StatusDocument {
  /**
   * The caller's own id of the meeting
   */
  meetingId: string;
  /**
   * The title; null after the content was deleted
   */
  title: string | null;
  /**
   * When it began
   */
  startedAt: string;
  /**
   * The status of a meeting
   */
  status: 'accepted' | 'syncing' | 'waiting' | 'needs_attention' | 'synced' | 'skipped' | 'deleted';
  /**
   * Why; null when there is no reason to give
   */
  reason: {
    /**
     * A stable code of the reason
     */
    code:
      | 'not_connected'
      | 'reauthorize'
      | 'missing_scope'
      | 'contact_limit'
      | 'app_misconfigured'
      | 'hubspot_unavailable'
      | 'hubspot_rejected'
      | 'hubspot_down'
      | 'rate_limited'
      | 'daily_limit'
      | 'no_crm_match'
      | 'internal_only'
      | 'unlinked_by_hand'
      | 'meeting_excluded'
      | 'private'
      | 'deleted_in_hubspot'
      | 'recorded_twice'
      | 'key_missing'
      | 'activities_remain'
      | 'being_deleted'
      | 'content_expired'
      | 'cancelled'
      | 'internal_error';
    /**
     * What happened
     */
    message: string;
    /**
     * What to do
     */
    action: string;
    refusal?: Refusal;
  } | null;
  /**
   * The two activities in HubSpot
   */
  engagements: {
    /**
     * The Meeting Summary in HubSpot; null while it does not exist
     */
    summary: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
      /**
       * The address of its page
       */
      url: string;
    } | null;
    /**
     * The Smart Category Notes; null without notes and clips
     */
    notes: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
      /**
       * The address of its page
       */
      url: string;
    } | null;
  };
  /**
   * The records on whose timelines the meeting is
   */
  links: {
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The id
     */
    id: string;
    /**
     * The rule that led to the record
     */
    via: 'participant' | 'domain' | 'cascade' | 'manual';
    /**
     * The record that led to it; null for a match or a link by hand
     */
    from: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
    } | null;
  }[];
  /**
   * Participants whom HubSpot does not know
   */
  unmatched: {
    /**
     * The e-mail address; null without one
     */
    email: string | null;
    /**
     * The name; null when it is not known
     */
    name: string | null;
  }[];
  /**
   * What was dropped from the posted meeting or written without an extra, and why. `path` names the field, such as `participants[2].email`. At most a hundred for the body and for each step of a pass; a last one counts the others
   */
  warnings: {
    /**
     * The field that it is about
     */
    path: string;
    /**
     * What happened
     */
    message: string;
  }[];
  /**
   * What became of the values for properties
   */
  fields: {
    /**
     * The key of the value
     */
    field: string;
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The id
     */
    id: string;
    /**
     * Name of the property in HubSpot
     */
    property: string;
    /**
     * `kept`: HubSpot has another value, which stays. `review`: a suggestion waits for a person. `refused`: the property does not take the value. `older`: the value of a newer meeting is due
     */
    state: 'written' | 'kept' | 'review' | 'refused' | 'older';
    /**
     * The value of this meeting; null if it has none
     */
    value: string | null;
    /**
     * What HubSpot had before; null if the property was empty
     */
    before: string | null;
    /**
     * Why it was not written; null if it was
     */
    reason: string | null;
  }[];
  /**
   * The tasks of the next steps in HubSpot, in the order of the steps
   */
  tasks: {
    /**
     * Your id of the next step; null without one
     */
    stepId: string | null;
    /**
     * The text of the next step
     */
    text: string;
    /**
     * The id of the task in HubSpot
     */
    id: string;
    /**
     * Its page in HubSpot
     */
    url: string;
    /**
     * What became of it in HubSpot. A deleted task is made again by a resync only
     */
    state: 'open' | 'completed' | 'deleted';
  }[];
  /**
   * Ids of other recordings of the same calendar event, the first accepted one first
   */
  sameEvent: string[];
  /**
   * The run in Temporal
   */
  workflow: {
    /**
     * The workflow id
     */
    id: string;
    /**
     * The run id; null until it has started
     */
    runId: string | null;
    /**
     * The address of its page
     */
    url: string | null;
  };
  /**
   * When the meeting was accepted
   */
  acceptedAt: string;
  /**
   * When both activities were last written; null before that
   */
  syncedAt: string | null;
  /**
   * When the document last changed
   */
  updatedAt: string;
}
/**
 * Status documents, newest first
 */
export interface MeetingPage {
  /**
   * The meetings, newest first
   */
  meetings: StatusDocument[];
  /**
   * For the page of older meetings; null on the last page
   */
  nextCursor: string | null;
  /**
   * For the page of newer meetings; null on the first page
   */
  previousCursor: string | null;
}
/**
 * How many meetings run again
 */
export interface ResyncAnswer {
  /**
   * How many meetings run again
   */
  requested: number;
}
/**
 * How far requested syncs are
 */
export interface ResyncProgress {
  /**
   * Meetings that requests of many have entered so far; null when all are entered
   */
  requested: number | null;
  /**
   * Meetings of the workspace whose sync is requested or not finished
   */
  left: number;
  /**
   * Those that wait for a limit of HubSpot, or until it answers
   */
  waiting: number;
  /**
   * Finished syncs a minute, over the last minutes
   */
  perMinute: number;
}
/**
 * The HubSpot connection of the workspace
 */
export interface Connection {
  /**
   * The present state
   */
  state: 'none' | 'connected' | 'reauthorize';
  /**
   * The HubSpot account; null without a connection
   */
  portal: {
    /**
     * The account's id, HubSpot's portal id
     */
    id: number;
    /**
     * The account's domain
     */
    domain: string | null;
    /**
     * The domain of HubSpot's pages for the account
     */
    uiDomain: string;
    /**
     * The type of the account
     */
    accountType: string | null;
    /**
     * The account's time zone
     */
    timeZone: string;
    /**
     * Data center, such as eu1
     */
    dataLocation: string | null;
    /**
     * Whether the account erases activities permanently; null while that is unknown
     */
    erasesActivities: boolean | null;
  } | null;
  /**
   * The HubSpot user who connected
   */
  connectedBy: string | null;
  /**
   * When HubSpot was connected
   */
  connectedAt: string | null;
  /**
   * The permissions that were granted
   */
  grantedScopes: string[];
  /**
   * The permissions that are missing, and what does not work without them
   */
  missingScopes: {
    /**
     * A permission
     */
    scope: string;
    /**
     * What does not work without it
     */
    costs: string;
  }[];
  /**
   * Granted, but not used by this version
   */
  unusedScopes: string[];
  /**
   * The last error of the connection; null without one
   */
  lastError: string | null;
}
/**
 * A link that signs a browser in once, within five minutes
 */
export interface SignInLink {
  /**
   * The address of its page
   */
  url: string;
  /**
   * Until when it works
   */
  expiresAt: string;
}
/**
 * A link that connects a HubSpot account to the workspace once
 */
export interface ConnectLink {
  /**
   * The address of its page
   */
  url: string;
  /**
   * Until when it works
   */
  expiresAt: string;
}
/**
 * RFC 9457 problem details
 */
export interface Problem {
  /**
   * The address of an explanation, with a stable code behind #
   */
  type: string;
  /**
   * The kind of problem in words
   */
  title: string;
  /**
   * The HTTP status
   */
  status: number;
  /**
   * What happened this time
   */
  detail: string;
  /**
   * The fields that are not valid
   */
  errors?: {
    /**
     * The field that it is about
     */
    path: string;
    /**
     * What happened
     */
    message: string;
  }[];
  /**
   * Finds the request in the log
   */
  reference?: string;
}
/**
 * A report: the data of its chart, its table and its CSV
 */
export interface Report {
  /**
   * The id of the report
   */
  report: string;
  /**
   * The name of the report
   */
  title: string;
  /**
   * What it shows
   */
  description: string;
  /**
   * The filters that apply
   */
  filters: {
    [k: string]: string | number;
  };
  /**
   * How the rows are drawn; null for a table
   */
  chart: {
    /**
     * The kind of chart
     */
    kind: 'line' | 'bars' | 'stacked';
    /**
     * A name that people read
     */
    label: string;
    /**
     * The columns with the values
     */
    values: string[] | null;
  } | null;
  /**
   * The time zone of its days
   */
  timeZone: string;
  /**
   * The columns of the rows
   */
  columns: {
    /**
     * Identifies the value
     */
    key: string;
    /**
     * A name that people read
     */
    label: string;
    /**
     * percent: 0 to 100; duration: days; money: in the currency of `currency`
     */
    type: 'text' | 'number' | 'percent' | 'date' | 'duration' | 'money';
    /**
     * Its numbers count meetings, which can be listed
     */
    meetings?: true;
    /**
     * Its numbers do not count meetings, but the meetings behind them can be listed
     */
    behind?: true;
  }[];
  /**
   * The rows
   *
   * Items: A cell for each column under its key; `key` names the row, `few` marks small groups
   */
  rows: {
    /**
     * Identifies the value
     */
    key: string;
    /**
     * Whether the row has too few meetings to conclude from
     */
    few: boolean;
    [k: string]: string | number | boolean | null;
  }[];
  /**
   * A cell for each column under its key; `key` names the row, `few` marks small groups
   */
  totals?: {
    /**
     * Identifies the value
     */
    key: string;
    /**
     * Whether the row has too few meetings to conclude from
     */
    few: boolean;
    [k: string]: string | number | boolean | null;
  };
  /**
   * How the values were counted, in sentences
   */
  notes: string[];
}
/**
 * The meetings behind a number, newest first
 */
export interface CountedMeetings {
  /**
   * The id of the report
   */
  report: string;
  /**
   * Identifies the value
   */
  key: string | null;
  /**
   * The column of the value
   */
  column: string;
  /**
   * Equals the number, if the column counts meetings
   */
  total: number;
  /**
   * The ids of the meetings that the value counts
   */
  meetingIds: string[];
  /**
   * A page of the meetings that the value counts
   */
  meetings: {
    /**
     * The caller's own id of the meeting
     */
    meetingId: string;
    /**
     * The title; null after the content was deleted
     */
    title: string;
    /**
     * When it began
     */
    startedAt: string;
    /**
     * The person who hosted the meeting
     */
    host: string;
    /**
     * In percent of its maximum
     */
    score: number | null;
  }[];
  /**
   * For the next page; null on the last page
   */
  nextOffset: number | null;
}
/**
 * Who did what, when, from where, on which object
 */
export interface AuditEvent {
  /**
   * The id of the event
   */
  id: string;
  /**
   * When it happened
   */
  at: string;
  /**
   * Who did it, and from where
   */
  actor: {
    /**
     * What kind of actor it is
     */
    kind: 'member' | 'key' | 'session' | 'hubspot' | 'operator' | 'system';
    /**
     * The id of the member, API key or session; null for the others
     */
    id: string | null;
    /**
     * The name when it happened
     */
    label: string;
    /**
     * The IP address of the request; null without one
     */
    ip: string | null;
    /**
     * The way in
     */
    way: 'page' | 'api' | 'mcp' | 'cli' | 'card' | 'webhook' | 'schedule';
  };
  /**
   * The code of the action
   */
  action: string;
  /**
   * The action without its subject
   */
  sentence: string;
  /**
   * What it was done to; null when the action says it
   */
  object: {
    /**
     * The type of the object
     */
    type: string;
    /**
     * Its id
     */
    id: string | null;
    /**
     * Its name when it happened
     */
    label: string | null;
  } | null;
  /**
   * The values that changed, before
   */
  before: {
    [k: string]: unknown;
  } | null;
  /**
   * The values that changed, after
   */
  after: {
    [k: string]: unknown;
  } | null;
  /**
   * More than 1 for refusals of one kind that followed each other
   */
  count: number;
  /**
   * The time of the last one of `count`; null for one
   */
  lastAt: string | null;
}
/**
 * Events of the audit trail, newest first
 */
export interface AuditPage {
  /**
   * The events, newest first
   */
  events: AuditEvent[];
  /**
   * For the page of older events; null on the last page
   */
  nextCursor: string | null;
  /**
   * For the page of newer events; null on the first page
   */
  previousCursor: string | null;
}
/**
 * A file of meetings and its progress
 */
export interface Backfill {
  /**
   * The id of the backfill
   */
  backfillId: string;
  /**
   * The present state
   */
  state: 'running' | 'done' | 'stopped';
  /**
   * No further syncs are started until it is resumed
   */
  paused: boolean;
  /**
   * When it was created
   */
  createdAt: string;
  /**
   * When it ended; null while it runs
   */
  finishedAt: string | null;
  /**
   * Lines of the file, without empty ones
   */
  lines: number;
  /**
   * Meetings in the accepted lines. A meeting in several lines counts once
   */
  meetings: number;
  /**
   * Meetings whose sync has not started or not finished
   */
  left: number;
  /**
   * Meetings by status; 40 days after its end, the status at its end. Those whose sync has not started count as accepted
   */
  counts: {
    /**
     * Meetings that wait for their sync
     */
    accepted: number;
    /**
     * Meetings whose sync runs
     */
    syncing: number;
    /**
     * Meetings that wait and continue automatically
     */
    waiting: number;
    /**
     * Meetings that wait for a person
     */
    needs_attention: number;
    /**
     * Meetings on their timelines
     */
    synced: number;
    /**
     * Meetings without anyone in HubSpot, or excluded by a setting
     */
    skipped: number;
    /**
     * Meetings that were deleted
     */
    deleted: number;
  };
  /**
   * At the rate of the last minutes; null when no sync finished in them
   */
  forecast: {
    /**
     * How many meetings end a minute
     */
    meetingsPerMinute: number;
    /**
     * When it is expected to end
     */
    finishesAt: string;
  } | null;
  /**
   * Why it does not continue, and what to do
   */
  held: {
    /**
     * A stable code of the reason
     */
    code:
      | 'not_connected'
      | 'reauthorize'
      | 'missing_scope'
      | 'contact_limit'
      | 'app_misconfigured'
      | 'hubspot_unavailable'
      | 'hubspot_rejected'
      | 'hubspot_down'
      | 'rate_limited'
      | 'daily_limit'
      | 'no_crm_match'
      | 'internal_only'
      | 'unlinked_by_hand'
      | 'meeting_excluded'
      | 'private'
      | 'deleted_in_hubspot'
      | 'recorded_twice'
      | 'key_missing'
      | 'activities_remain'
      | 'being_deleted'
      | 'content_expired'
      | 'cancelled'
      | 'internal_error';
    /**
     * What happened
     */
    message: string;
    /**
     * What to do
     */
    action: string;
    refusal?: Refusal;
  } | null;
  /**
   * Rejected lines, the first thousand, until 40 days after its end. All other lines are accepted
   */
  faults: {
    /**
     * The number of the line, from 1
     */
    line: number;
    /**
     * The fields that are not valid
     */
    errors: {
      /**
       * The field that it is about
       */
      path: string;
      /**
       * What happened
       */
      message: string;
    }[];
  }[];
  /**
   * How many lines were rejected
   */
  faultyLines: number;
  /**
   * Lines that were accepted without some of their values; see `warnings` of each meeting's status document
   */
  linesWithWarnings: number;
}
/**
 * Duplicates that joinCalendarMeeting would avoid, and those that it has avoided
 */
export interface CalendarDoubles {
  /**
   * How many days were looked at
   */
  days: number;
  /**
   * Summaries beside a calendar meeting of the same event
   */
  doubles: number;
  /**
   * Summaries inside a calendar meeting
   */
  joined: number;
  /**
   * Not checked yet by a reconciliation
   */
  unchecked: number;
}
/**
 * An API key of the workspace, without the key itself
 */
export interface ApiKey {
  /**
   * The id
   */
  id: string;
  /**
   * The name; null when it is not known
   */
  name: string;
  /**
   * Who created it
   */
  madeBy: string | null;
  /**
   * When it was created
   */
  createdAt: string;
  /**
   * To the minute; null before its first use
   */
  lastUsedAt: string | null;
  /**
   * What the key may do
   */
  scopes: ('read' | 'meetings:write' | 'admin')[];
  /**
   * When it stops working; null for a key that does not expire
   */
  expiresAt: string | null;
}
/**
 * A new API key
 */
export interface MadeApiKey {
  /**
   * The id
   */
  id: string;
  /**
   * The name; null when it is not known
   */
  name: string;
  /**
   * Who created it
   */
  madeBy: string | null;
  /**
   * When it was created
   */
  createdAt: string;
  /**
   * To the minute; null before its first use
   */
  lastUsedAt: string | null;
  /**
   * What the key may do
   */
  scopes: ('read' | 'meetings:write' | 'admin')[];
  /**
   * When it stops working; null for a key that does not expire
   */
  expiresAt: string | null;
  /**
   * Only in this response
   */
  key: string;
}
/**
 * The key, and the names of the keys and members that were revoked with it
 */
export interface RevokedKey {
  /**
   * The name; null when it is not known
   */
  name: string;
  /**
   * How many other keys were revoked with it
   */
  keys: string[];
  /**
   * How many members were removed with it
   */
  members: string[];
}
/**
 * A linked record, as of the last read or event
 */
export interface ContextRecord {
  /**
   * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
   */
  objectType: string;
  /**
   * The id
   */
  id: string;
  /**
   * The rule that led to the record
   */
  via: 'participant' | 'domain' | 'cascade' | 'manual';
  /**
   * The name; null when it is not known
   */
  name: string | null;
  /**
   * The name of the object type
   */
  typeName: string | null;
  /**
   * The pipeline; null for records without one
   */
  pipeline: {
    /**
     * The id
     */
    id: string;
    /**
     * The name; null when it is not known
     */
    name: string | null;
  } | null;
  /**
   * The stage; null for records without one
   */
  stage: {
    /**
     * The id
     */
    id: string;
    /**
     * The name; null when it is not known
     */
    name: string | null;
    /**
     * Whether the stage ends the deal
     */
    isClosed: boolean | null;
    /**
     * The chance to win, from 0 to 1; null when HubSpot has none
     */
    probability: number | null;
  } | null;
  /**
   * Who owns it
   */
  owner: {
    /**
     * The id
     */
    id: string;
    /**
     * The name; null when it is not known
     */
    name: string | null;
    /**
     * The e-mail address; null without one
     */
    email: string | null;
  } | null;
  /**
   * Whether HubSpot has deleted it
   */
  archived: boolean;
  /**
   * The linked records that it is associated with
   */
  associatedWith: {
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The id
     */
    id: string;
  }[];
  /**
   * The properties with their values
   */
  properties: {
    [k: string]: string | null;
  } | null;
  /**
   * When it was last read from HubSpot
   */
  readAt: string | null;
}
/**
 * The linked records with their properties
 */
export interface MeetingContext {
  /**
   * The caller's own id of the meeting
   */
  meetingId: string;
  /**
   * The linked contacts
   */
  contacts: ContextRecord[];
  /**
   * The linked companies
   */
  companies: ContextRecord[];
  /**
   * The linked deals
   */
  deals: ContextRecord[];
  /**
   * The linked records of custom object types
   */
  customObjects: ContextRecord[];
}
/**
 * Records to choose from
 */
export interface Records {
  /**
   * The records, best match first
   */
  results: {
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The id
     */
    id: string;
    /**
     * The name; null when it is not known
     */
    name: string;
    /**
     * A contact's address, a company's domain, a deal's stage
     */
    detail: string | null;
    /**
     * The address of its page
     */
    url: string;
  }[];
  /**
   * For the next page; null on the last one
   */
  after: string | null;
}
/**
 * The types of records that meetings can be linked to
 */
export interface ObjectTypes {
  /**
   * The object types that can be linked
   */
  objectTypes: {
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The name of one record
     */
    singular: string;
    /**
     * The name of many records
     */
    plural: string;
    /**
     * Whether it is a custom object type
     */
    custom: boolean;
  }[];
}
/**
 * The properties of an object type in the connected account
 */
export interface Properties {
  /**
   * The properties with their values
   */
  properties: {
    /**
     * HubSpot's internal name, which fieldMappings takes
     */
    name: string;
    /**
     * A name that people read
     */
    label: string;
    /**
     * string, number, bool, date, datetime, enumeration, phone_number or another type of HubSpot
     */
    type: string;
    /**
     * Whether it takes several of its options
     */
    several: boolean;
    /**
     * The options of an enumeration; empty for every other type
     */
    options: {
      /**
       * What HubSpot stores
       */
      value: string;
      /**
       * A name that people read
       */
      label: string;
    }[];
    /**
     * False when HubSpot calculates it or does not let it be changed
     */
    writable: boolean;
  }[];
}
/**
 * What became of the properties for the built-in keys
 */
export interface StandardProperties {
  /**
   * The group of these properties in HubSpot
   */
  group: string;
  /**
   * How many properties this call made
   */
  created: number;
  /**
   * The properties with their values
   */
  properties: {
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The built-in key that the property is made for
     */
    field:
      | 'ai_score'
      | 'ai_score_label'
      | 'overview'
      | 'topics'
      | 'next_step'
      | 'next_steps'
      | 'last_meeting_at'
      | 'last_meeting_title'
      | 'last_meeting_host'
      | 'last_recording_url';
    /**
     * Name of the property in HubSpot
     */
    property: string;
    /**
     * A name that people read
     */
    label: string;
    /**
     * The address of an explanation, with a stable code behind #
     */
    type: 'string' | 'number' | 'datetime';
    /**
     * `created`: by this call. `exists`: it was there before. `archived`: a person archived it. `other_type`: HubSpot has a property of this name with another type. `refused`: HubSpot did not allow it. What exists or was archived is never changed
     */
    state: 'created' | 'exists' | 'archived' | 'other_type' | 'refused';
    /**
     * What to do; null for `created` and `exists`
     */
    message: string | null;
  }[];
}
/**
 * Where notices go
 */
export interface Outlet {
  /**
   * The id of the outlet
   */
  id: string;
  /**
   * Where notices go
   */
  kind: 'webhook' | 'slack' | 'email';
  /**
   * How people call it
   */
  name: string;
  /**
   * The URL or the e-mail addresses; null without the scope admin
   */
  address: string | null;
  /**
   * The part of the address that is no secret
   */
  addressHint: string;
  /**
   * The events that it gets
   */
  events: (
    | 'meeting.synced'
    | 'meeting.needs_attention'
    | 'meeting.skipped'
    | 'meeting.links_changed'
    | 'connection.reconnect_needed'
    | 'connection.restored'
    | 'backfill.done'
    | 'review.waiting'
    | 'service.paused'
  )[];
  /**
   * `daily`: one digest a day at eight o'clock
   */
  when: 'at_once' | 'daily';
  /**
   * Whether it gets titles of meetings and sentences of reasons
   */
  includesText: boolean;
  /**
   * The language of messages to people
   */
  language: string;
  /**
   * `off`: it gets nothing
   */
  state: 'on' | 'off';
  /**
   * Why it is off; null while it is on
   */
  off: {
    /**
     * `by_person`: a person switched it off. `failing`: it failed for three days. `gone`: its receiver answered 410
     */
    reason: 'by_person' | 'failing' | 'gone';
    /**
     * When it was switched off
     */
    at: string;
  } | null;
  /**
   * Null when its last attempt worked
   */
  failing: {
    /**
     * When the first of them failed
     */
    since: string;
    /**
     * Attempts that failed in a row
     */
    failures: number;
  } | null;
  /**
   * Who created it
   */
  createdBy: string;
  /**
   * When it was created
   */
  createdAt: string;
  /**
   * When it was last changed
   */
  updatedAt: string;
}
/**
 * An outlet, and the secret that signs its webhooks
 */
export interface OutletWithSecret {
  outlet: Outlet;
  /**
   * What signs a webhook; null for other kinds
   */
  secret: string | null;
}
/**
 * What became of a notice at an outlet
 */
export interface Delivery {
  /**
   * The id of the delivery
   */
  id: string;
  /**
   * The id of the notice, the same for each attempt: the header webhook-id
   */
  noticeId: string;
  /**
   * What happened
   */
  event: string;
  /**
   * When it happened
   */
  at: string;
  /**
   * The caller's id of its meeting; null if it has none
   */
  meetingId: string | null;
  /**
   * `failed`: it is not tried again
   */
  state: 'waiting' | 'delivered' | 'failed';
  /**
   * How often it was tried
   */
  attempts: number;
  /**
   * When it was last tried; null before the first attempt
   */
  triedAt: string | null;
  /**
   * When it is tried next; null when it is not
   */
  nextAttemptAt: string | null;
  /**
   * The status of the last response
   */
  httpStatus: number | null;
  /**
   * The beginning of the last response
   */
  answer: string | null;
  /**
   * Why the last attempt failed; null if it did not
   */
  error: string | null;
}
/**
 * Deliveries, newest first
 */
export interface DeliveryPage {
  /**
   * The deliveries, newest notice first
   */
  deliveries: Delivery[];
  /**
   * For the page of older deliveries; null on the last page
   */
  nextCursor: string | null;
  /**
   * For the page of newer deliveries; null on the first page
   */
  previousCursor: string | null;
}
/**
 * How many deliveries are tried again
 */
export interface Redelivered {
  /**
   * How many are delivered again
   */
  deliveries: number;
}
/**
 * What a sync of the meeting would do now
 */
export interface MeetingPreview {
  /**
   * The caller's own id of the meeting
   */
  meetingId: string;
  /**
   * Whether a sync would write the meeting
   */
  written: boolean;
  /**
   * Why it would not be written
   */
  reason: {
    /**
     * A stable code of the reason
     */
    code:
      | 'not_connected'
      | 'reauthorize'
      | 'missing_scope'
      | 'contact_limit'
      | 'app_misconfigured'
      | 'hubspot_unavailable'
      | 'hubspot_rejected'
      | 'hubspot_down'
      | 'rate_limited'
      | 'daily_limit'
      | 'no_crm_match'
      | 'internal_only'
      | 'unlinked_by_hand'
      | 'meeting_excluded'
      | 'private'
      | 'deleted_in_hubspot'
      | 'recorded_twice'
      | 'key_missing'
      | 'activities_remain'
      | 'being_deleted'
      | 'content_expired'
      | 'cancelled'
      | 'internal_error';
    /**
     * What happened
     */
    message: string;
    /**
     * What to do
     */
    action: string;
    refusal?: Refusal;
  } | null;
  /**
   * What a sync would write
   */
  activities: {
    /**
     * The Meeting Summary
     */
    summary: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * Null for notes, which have none
       */
      title: string | null;
      /**
       * HTML
       */
      body: string;
    };
    /**
     * The Smart Category Notes; null without notes and clips
     */
    notes: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * Null for notes, which have none
       */
      title: string | null;
      /**
       * HTML
       */
      body: string;
    } | null;
  };
  /**
   * The records on whose timelines the meeting is
   */
  links: {
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The id
     */
    id: string;
    /**
     * The rule that led to the record
     */
    via: 'participant' | 'domain' | 'cascade' | 'manual';
    /**
     * The record that led to it; null for a match or a link by hand
     */
    from: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
    } | null;
  }[];
  /**
   * What would not be linked, and why
   */
  leftOut: {
    /**
     * The rule that decided it
     */
    rule:
      | 'unlinked_by_hand'
      | 'archived'
      | 'closed_deal'
      | 'other_pipeline'
      | 'beyond_max_deals'
      | 'late_link'
      | 'late_match'
      | 'internal'
      | 'no_address'
      | 'no_phone_match'
      | 'several_contacts'
      | 'free_mail'
      | 'no_crm_match'
      | 'shared_mailbox'
      | 'room'
      | 'notetaker'
      | 'automatic_sender'
      | 'mailing_list'
      | 'excluded'
      | 'would_be_created';
    /**
     * What happened
     */
    message: string;
    /**
     * The record; null for a person
     */
    record: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
    } | null;
    /**
     * The record that it was reached from
     */
    from: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
    } | null;
    /**
     * The person; null for a record
     */
    person: {
      /**
       * The e-mail address; null without one
       */
      email: string | null;
      /**
       * The name; null when it is not known
       */
      name: string | null;
    } | null;
  }[];
  /**
   * Every value for a mapped property, with what HubSpot has before and after, or why it stays
   */
  fields: {
    /**
     * The key of the value
     */
    field: string;
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * Empty for a contact that would be created
     */
    id: string;
    /**
     * Name of the property in HubSpot
     */
    property: string;
    /**
     * `kept`: HubSpot has another value, which stays. `review`: a suggestion waits for a person. `refused`: the property does not take the value. `older`: the value of a newer meeting is due
     */
    state: 'written' | 'kept' | 'review' | 'refused' | 'older';
    /**
     * The value of this meeting; null if it has none
     */
    value: string | null;
    /**
     * What HubSpot has now; null if the property is empty
     */
    before: string | null;
    /**
     * Why it was not written; null if it was
     */
    reason: string | null;
    /**
     * What HubSpot would have; as `before` if nothing is written
     */
    after: string | null;
  }[];
  /**
   * What would become of the task of each next step, and why
   */
  tasks: {
    /**
     * Your id of the next step; null without one
     */
    stepId: string | null;
    /**
     * The text of the next step
     */
    text: string;
    /**
     * `keep`: the task stays as it is, such as one that a person completed. `archive`: its step or its meeting is gone. `none`: there is no task, and none would be made
     */
    action: 'create' | 'change' | 'archive' | 'keep' | 'none';
    /**
     * Why, where the action needs an explanation
     */
    reason: string | null;
    /**
     * The id of the task in HubSpot
     */
    id: string | null;
    /**
     * Its page in HubSpot
     */
    url: string | null;
    /**
     * When it would be due; null for a step that the meeting no longer has
     */
    dueAt: string | null;
    /**
     * The owner of the step, or else the host; null for a step that the meeting no longer has
     */
    ownerEmail: string | null;
  }[];
  /**
   * What was dropped when the meeting was posted
   */
  warnings: {
    /**
     * The field that it is about
     */
    path: string;
    /**
     * What happened
     */
    message: string;
  }[];
}
/**
 * What a change of the settings would do to the newest meetings
 */
export interface SettingsPreview {
  /**
   * The meetings, newest first
   */
  meetings: {
    /**
     * The caller's own id of the meeting
     */
    meetingId: string;
    /**
     * The title; null after the content was deleted
     */
    title: string;
    /**
     * When it began
     */
    startedAt: string;
    /**
     * False when the meeting has too many records for a preview
     */
    checked: boolean;
    /**
     * Whether the meeting is written under the present settings
     */
    writtenBefore: boolean;
    /**
     * Whether the meeting would be written under the new settings
     */
    writtenAfter: boolean;
    /**
     * Why it would not be written with the change
     */
    reason: {
      /**
       * A stable code of the reason
       */
      code:
        | 'not_connected'
        | 'reauthorize'
        | 'missing_scope'
        | 'contact_limit'
        | 'app_misconfigured'
        | 'hubspot_unavailable'
        | 'hubspot_rejected'
        | 'hubspot_down'
        | 'rate_limited'
        | 'daily_limit'
        | 'no_crm_match'
        | 'internal_only'
        | 'unlinked_by_hand'
        | 'meeting_excluded'
        | 'private'
        | 'deleted_in_hubspot'
        | 'recorded_twice'
        | 'key_missing'
        | 'activities_remain'
        | 'being_deleted'
        | 'content_expired'
        | 'cancelled'
        | 'internal_error';
      /**
       * What happened
       */
      message: string;
      /**
       * What to do
       */
      action: string;
      refusal?: Refusal;
    } | null;
    /**
     * Links that would be added
     */
    coming: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
      /**
       * The rule that led to the record
       */
      via: 'participant' | 'domain' | 'cascade' | 'manual';
      /**
       * The record that led to it; null for a match or a link by hand
       */
      from: {
        /**
         * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
         */
        objectType: string;
        /**
         * The id
         */
        id: string;
      } | null;
    }[];
    /**
     * Links that would be removed
     */
    going: {
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * The id
       */
      id: string;
      /**
       * The rule that led to the record
       */
      via: 'participant' | 'domain' | 'cascade' | 'manual';
      /**
       * The record that led to it; null for a match or a link by hand
       */
      from: {
        /**
         * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
         */
        objectType: string;
        /**
         * The id
         */
        id: string;
      } | null;
    }[];
    /**
     * How many contacts would be created
     */
    contactsToCreate: number;
    /**
     * The activities would have another text or another type
     */
    rewritten: boolean;
    /**
     * Every value for a mapped property, with what HubSpot has before and after, or why it stays
     */
    fields: {
      /**
       * The key of the value
       */
      field: string;
      /**
       * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
       */
      objectType: string;
      /**
       * Empty for a contact that would be created
       */
      id: string;
      /**
       * Name of the property in HubSpot
       */
      property: string;
      /**
       * `kept`: HubSpot has another value, which stays. `review`: a suggestion waits for a person. `refused`: the property does not take the value. `older`: the value of a newer meeting is due
       */
      state: 'written' | 'kept' | 'review' | 'refused' | 'older';
      /**
       * The value of this meeting; null if it has none
       */
      value: string | null;
      /**
       * What HubSpot has now; null if the property is empty
       */
      before: string | null;
      /**
       * Why it was not written; null if it was
       */
      reason: string | null;
      /**
       * What HubSpot would have; as `before` if nothing is written
       */
      after: string | null;
    }[];
    /**
     * What would become of the task of each next step, and why
     */
    tasks: {
      /**
       * Your id of the next step; null without one
       */
      stepId: string | null;
      /**
       * The text of the next step
       */
      text: string;
      /**
       * `keep`: the task stays as it is, such as one that a person completed. `archive`: its step or its meeting is gone. `none`: there is no task, and none would be made
       */
      action: 'create' | 'change' | 'archive' | 'keep' | 'none';
      /**
       * Why, where the action needs an explanation
       */
      reason: string | null;
      /**
       * The id of the task in HubSpot
       */
      id: string | null;
      /**
       * Its page in HubSpot
       */
      url: string | null;
      /**
       * When it would be due; null for a step that the meeting no longer has
       */
      dueAt: string | null;
      /**
       * The owner of the step, or else the host; null for a step that the meeting no longer has
       */
      ownerEmail: string | null;
    }[];
  }[];
}
/**
 * A reconciliation and what it repaired
 */
export interface Reconciliation {
  /**
   * The id of the reconciliation
   */
  reconciliationId: string;
  /**
   * The present state
   */
  state: 'running' | 'done';
  /**
   * When it began
   */
  startedAt: string;
  /**
   * When it ended; null while it runs
   */
  finishedAt: string | null;
  /**
   * How many meetings are compared
   */
  meetingsChecked: number;
  /**
   * Still being compared; 0 when done
   */
  meetingsLeft: number;
  /**
   * What it repaired
   */
  mended: {
    /**
     * How many meetings had links that differed
     */
    meetings: number;
    /**
     * How many copies of records were out of date
     */
    records: number;
  };
}
/**
 * A suggestion for a property of a record
 */
export interface Review {
  /**
   * The id of the review
   */
  id: string;
  /**
   * `replaced`: a later suggestion took its place. `ended`: it can no longer be written; `reason` says why
   */
  status: 'open' | 'accepted' | 'refused' | 'replaced' | 'ended';
  /**
   * The caller's own id of the meeting
   */
  meetingId: string;
  /**
   * The title; null after the content was deleted
   */
  title: string | null;
  /**
   * When it began
   */
  startedAt: string | null;
  /**
   * The key of the value
   */
  field: string;
  /**
   * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
   */
  objectType: string;
  /**
   * The record's id in HubSpot
   */
  recordId: string;
  /**
   * Null if the record has no name here
   */
  recordName: string | null;
  /**
   * The page of the record in HubSpot
   */
  recordUrl: string | null;
  /**
   * Name of the property in HubSpot
   */
  property: string;
  /**
   * Label of the property in HubSpot
   */
  label: string;
  /**
   * What HubSpot had when it was last read
   */
  present: string | null;
  /**
   * What would be written; null after the meeting's content was deleted
   */
  proposed: string | null;
  /**
   * What a person accepted instead of the proposed value
   */
  value: string | null;
  /**
   * The words of the meeting that it comes from
   */
  quote: string | null;
  /**
   * Where it begins in the recording, in seconds
   */
  startSeconds: number | null;
  /**
   * The recording, at the second of the quote
   */
  recordingUrl: string | null;
  /**
   * Why it was replaced or ended, or is open again
   */
  reason: string | null;
  /**
   * When it was created
   */
  createdAt: string;
  /**
   * When it was decided, replaced or ended
   */
  decidedAt: string | null;
  /**
   * The API key or session that decided
   */
  decidedBy: string | null;
  /**
   * When the accepted value was written; null until then
   */
  writtenAt: string | null;
}
/**
 * Reviews, newest first
 */
export interface ReviewPage {
  /**
   * The suggestions, newest first
   */
  reviews: Review[];
  /**
   * For the page of older reviews; null on the last page
   */
  nextCursor: string | null;
  /**
   * For the page of newer reviews; null on the first page
   */
  previousCursor: string | null;
}
/**
 * The workspace's sync settings
 */
export interface Settings {
  /**
   * Domains of colleagues, besides the host’s
   */
  ownDomains: string[];
  /**
   * Domains whose addresses belong to no person
   */
  excludedDomains: string[];
  /**
   * Addresses that belong to no person
   */
  excludedAddresses: string[];
  /**
   * Further consumer mail domains, which identify no company
   */
  freeMailDomains: string[];
  /**
   * For which guests the sync creates a contact
   */
  createMissingContacts: 'never' | 'unknown_company' | 'always';
  /**
   * Matches a participant without an address by phone number
   */
  matchPhoneNumbers: boolean;
  /**
   * Custom object types to link
   */
  customObjectTypes: string[];
  /**
   * Links only deals that were open when the meeting began
   */
  openDealsOnly: boolean;
  /**
   * Links only deals of these pipelines; empty for all
   */
  dealPipelines: string[];
  /**
   * Links at most so many deals, the newest; null for all
   */
  maxDeals: number | null;
  /**
   * Skips meetings among colleagues
   */
  externalOnly: boolean;
  /**
   * Skips shorter meetings
   */
  minimumMinutes: number;
  /**
   * Skips meetings with one of these words in the title
   */
  excludedTitleWords: string[];
  /**
   * What the Meeting Summary is written as
   */
  summaryType: 'meeting' | 'call' | 'note';
  /**
   * Writes into the calendar meeting that HubSpot already has
   */
  joinCalendarMeeting: boolean;
  /**
   * Writes one recording per calendar event
   */
  oneRecordingPerMeeting: boolean;
  /**
   * What becomes of text that people changed in HubSpot
   */
  editedActivities: 'keep' | 'overwrite';
  /**
   * The form of links to the recording at a second, for notes and clips without `clipUrl`; null for no links
   */
  recordingLinkFormat: string | null;
  /**
   * For how many days people added to HubSpot are linked
   */
  lateMatchDays: number;
  /**
   * For how many days added deals are linked
   */
  lateLinkDays: number;
  /**
   * After how many days the content is deleted here; null keeps it
   */
  retentionDays: number | null;
  /**
   * After how many days events of the audit trail are deleted
   */
  auditRetentionDays: number;
  /**
   * How many of HubSpot's five searches a second are used
   */
  searchesPerSecond: number;
  /**
   * Which values are written into which properties
   */
  fieldMappings: {
    /**
     * The name of the field
     */
    field: string;
    /**
     * `contacts`, `companies`, `deals` or the `2-…` id of a custom object type
     */
    objectType: string;
    /**
     * The internal name of the property in HubSpot
     */
    property: string;
    /**
     * When the property is written
     */
    policy: 'if_empty' | 'ours' | 'always' | 'review';
  }[];
  /**
   * Whose deals are written to: open ones, or all
   */
  fieldDeals: 'open' | 'all';
  /**
   * Which next steps become tasks in HubSpot
   */
  createTasks: 'off' | 'internal' | 'all';
  /**
   * In how many working days a task without a due date is due
   */
  taskDueDays: number;
}
/**
 * Who changed which settings when, newest first
 */
export interface SettingsChanges {
  /**
   * The changes, newest first
   */
  changes: {
    /**
     * Who made the change
     */
    changedBy: string;
    /**
     * When it was changed
     */
    changedAt: string;
    /**
     * The settings that changed
     */
    fields: {
      /**
       * The name of the field
       */
      field:
        | 'ownDomains'
        | 'excludedDomains'
        | 'excludedAddresses'
        | 'freeMailDomains'
        | 'createMissingContacts'
        | 'matchPhoneNumbers'
        | 'customObjectTypes'
        | 'openDealsOnly'
        | 'dealPipelines'
        | 'maxDeals'
        | 'externalOnly'
        | 'minimumMinutes'
        | 'excludedTitleWords'
        | 'summaryType'
        | 'joinCalendarMeeting'
        | 'oneRecordingPerMeeting'
        | 'editedActivities'
        | 'recordingLinkFormat'
        | 'lateMatchDays'
        | 'lateLinkDays'
        | 'retentionDays'
        | 'auditRetentionDays'
        | 'searchesPerSecond'
        | 'fieldMappings'
        | 'fieldDeals'
        | 'createTasks'
        | 'taskDueDays';
      /**
       * The value before
       */
      before: {
        [k: string]: unknown;
      };
      /**
       * Continues after the page that returned this value
       */
      after: {
        [k: string]: unknown;
      };
    }[];
  }[];
}
