import { isRejected, isRejectedOrForbidden, type HubSpotError } from './client/errors';
import type { Properties } from './objects';

/** Without these properties an activity is empty or in the wrong place. Every other property is an extra. */
const NECESSARY = new Set([
  'hs_timestamp',
  'hs_meeting_title',
  'hs_meeting_body',
  'hs_call_title',
  'hs_call_body',
  'hs_note_body',
  'hs_task_subject',
  'hs_task_body',
]);
const OWNER = 'hubspot_owner_id';

/** A property that HubSpot refused, and HubSpot's reason. */
export interface RefusedExtra {
  readonly name: string;
  readonly rule: string;
}

/**
 * Decides which extras to drop after a refusal, best option first. Empty if no extra that could be dropped is the
 * cause.
 *
 * HubSpot mostly names the property. If it does not, the owner is the most likely cause (a user who was deactivated, or
 * has not accepted the invitation), and then any extra.
 *
 * @param properties - as they were sent
 */
export function extrasToDrop(properties: Properties, error: HubSpotError): RefusedExtra[][] {
  const sent = Object.keys(properties);
  const extras = sent.filter((name) => !NECESSARY.has(name));
  if (extras.length === 0 || !isAboutValues(error)) return [];
  const named = error.refusedProperties.filter(({ name }) => sent.includes(name));
  if (named.length > 0) {
    if (named.some(({ name }) => NECESSARY.has(name))) return [];
    return [named.map(({ name, rule }) => ({ name, rule }))];
  }
  // HubSpot names only properties that were not sent, such as one that an admin made required. Dropping more does not
  // help.
  if (error.refusedProperties.length > 0 || error.failure.kind !== 'rejected') return [];
  if (isAboutAssociations(error)) return [];
  const refused = (names: readonly string[]) => names.map((name) => ({ name, rule: error.readableMessage }));
  return extras.includes(OWNER) && extras.length > 1 ? [refused([OWNER]), refused(extras)] : [refused(extras)];
}

function isAboutValues(error: HubSpotError): boolean {
  return isRejectedOrForbidden(error) && !isRejected(error, 'gone');
}

/** Whether HubSpot refused an association, and no property: "The number of associations from … is limited to 0". */
export function isAboutAssociations(error: HubSpotError): boolean {
  const { rawMessage, refusedProperties } = error;
  return isRejected(error) && refusedProperties.length === 0 && /associat/i.test(rawMessage);
}

/** Whether HubSpot refused at least one of these properties by name. */
export function namesProperty(error: HubSpotError, properties: Properties): boolean {
  return error.refusedProperties.some(({ name }) => name in properties);
}

/** After this many refusals, a value is dropped without a try for this long. */
const REFUSED_OFTEN = 3;
const DROPPED_FOR_MS = 60_000;

/**
 * Remembers values that an account refuses again and again (a customer's rule, an owner who left), so that a flood of
 * meetings is not sent twice because of them. One try a minute finds out whether HubSpot accepts the value by now.
 */
export class RefusedValues {
  readonly #refusals = new Map<string, { readonly count: number; readonly until: number; readonly rule: string }>();

  /** The extras to drop without a try. */
  among(objectType: string, properties: Properties, now: number): RefusedExtra[] {
    return Object.entries(properties).flatMap(([name, value]) => {
      const known = this.#refusals.get(keyOf(objectType, name, value));
      return known !== undefined && known.count >= REFUSED_OFTEN && now < known.until
        ? [{ name, rule: known.rule }]
        : [];
    });
  }

  /** Records what HubSpot has `taken`, and which of the `properties` it refused. */
  learn(
    objectType: string,
    {
      taken,
      refused,
      properties,
    }: { readonly taken: Properties; readonly refused: readonly RefusedExtra[]; readonly properties: Properties },
    now: number,
  ): void {
    for (const [name, value] of Object.entries(taken)) this.#refusals.delete(keyOf(objectType, name, value));
    for (const { name, rule } of refused) {
      const key = keyOf(objectType, name, properties[name] ?? '');
      const count = (this.#refusals.get(key)?.count ?? 0) + 1;
      this.#refusals.set(key, { count, until: now + DROPPED_FOR_MS, rule });
    }
    for (const [key, { until }] of this.#refusals) if (until < now - DROPPED_FOR_MS) this.#refusals.delete(key);
  }
}

function keyOf(objectType: string, name: string, value: string): string {
  return JSON.stringify([objectType, name, value]);
}
