/** The behaviour of webhooks; `settings.webhooks` of a running sandbox. */
export interface WebhookSettings {
  /** The address that events are POSTed to, as in the app definition; null, the default, sends none. */
  targetUrl: string | null;
  /**
   * `classic` sends `contact.creation`, as `legacyCrmObjects` subscriptions do; `generic` sends `object.creation` with
   * an `objectTypeId`, as `crmObjects` subscriptions do. Custom objects are always generic.
   */
  form: 'classic' | 'generic';
  /** Off by default, because HubSpot pushes custom objects to private apps only, and this app is a marketplace app. */
  customObjects: boolean;
  /**
   * Sends object.deletion and object.restore of meetings, notes, calls and tasks, and object.propertyChange of tasks, as
   * HubSpot announced for public apps on 6 August 2024. Off by default: how a project subscribes to them is open.
   */
  activities: boolean;
  /** Properties whose changes are reported, by `contact`, `company`, `deal` or a custom object's type id. */
  properties: Record<string, string[]>;
  /** How long events are collected into one request, in milliseconds. */
  gatherMs: number;
  /** Events per request. HubSpot: up to 100. */
  batchSize: number;
  /** Concurrent requests. HubSpot: 10 unless the app definition says otherwise. */
  maxConcurrentRequests: number;
  /** A delivery without a response within this time has failed, in milliseconds. HubSpot: 5000. */
  answerTimeoutMs: number;
  /** How often a refused or unanswered delivery is repeated. HubSpot: up to 10 times. */
  retries: number;
  /** 1 spreads the repeats over a day, as HubSpot does; 0 repeats at once. */
  retryDelayScale: number;
  misbehaviour: Misbehaviour;
}

/** Probabilities from 0 to 1, independent of each other. All are 0 by default. */
export interface Misbehaviour {
  /** The seed of the random generator. The same seed and the same changes lead to the same misbehaviour. */
  seed: number;
  /** An event is sent twice, with the same eventId; the second time at once or late. */
  doubled: number;
  /** An event is never sent. */
  lost: number;
  /** An event is sent `lateMs` later. */
  late: number;
  lateMs: number;
  /** One to five other events overtake an event, as far as there are others. */
  outOfOrder: number;
  /** A record's property changes are sent before its creation, all with the same occurredAt. */
  propertyFirst: number;
  /** An event has the eventId of the one before it: HubSpot does not promise that they are unique. */
  sharedEventId: number;
}

/** The properties that hubspot-app/src/app/webhooks/webhooks-hsmeta.json subscribes to. A test compares both. */
const SUBSCRIBED_PROPERTIES = {
  contact: ['email', 'hs_additional_emails', 'firstname', 'lastname', 'hubspot_owner_id', 'lifecyclestage'],
  company: ['name', 'domain', 'hs_additional_domains', 'hubspot_owner_id'],
  deal: [
    'dealname',
    'dealstage',
    'pipeline',
    'amount',
    'closedate',
    'hubspot_owner_id',
    'hs_is_closed',
    'hs_is_closed_won',
  ],
} as const;

/** No target, so no webhook is sent until a test or the control API sets one. */
export function defaultWebhookSettings(): WebhookSettings {
  return {
    targetUrl: null,
    form: 'classic',
    customObjects: false,
    activities: false,
    properties: Object.fromEntries(Object.entries(SUBSCRIBED_PROPERTIES).map(([type, names]) => [type, [...names]])),
    gatherMs: 20,
    batchSize: 100,
    maxConcurrentRequests: 10,
    answerTimeoutMs: 5000,
    retries: 10,
    retryDelayScale: 0.001,
    misbehaviour: {
      seed: 1,
      doubled: 0,
      lost: 0,
      late: 0,
      lateMs: 1000,
      outOfOrder: 0,
      propertyFirst: 0,
      sharedEventId: 0,
    },
  };
}

/** Returns a changed copy. The settings' own objects stay unchanged. */
export function changedWebhookSettings(settings: WebhookSettings, changes: WebhookChanges): WebhookSettings {
  const { misbehaviour, properties, ...rest } = changes;
  return {
    ...settings,
    ...rest,
    properties: { ...settings.properties, ...properties },
    misbehaviour: { ...settings.misbehaviour, ...misbehaviour },
  };
}

export type WebhookChanges = Partial<Omit<WebhookSettings, 'misbehaviour'>> & {
  misbehaviour?: Partial<Misbehaviour>;
};
