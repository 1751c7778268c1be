import type { Logger } from 'pino';
import { isForbidden, isRejected, type HubSpotError } from '../hubspot/client/errors';
import type { Crm } from '../hubspot/crm';
import {
  presentState,
  STANDARD_GROUP,
  STANDARD_OBJECT_TYPES,
  STANDARD_PROPERTIES,
  type KnownDefinitions,
  type StandardPropertiesDocument,
  type StandardProperty,
  type StandardPropertyStatus,
} from '../meeting/fields/standard-properties';
import type { Gateway } from './open-crm';

type Outcome = Pick<StandardPropertyStatus, 'state' | 'message'>;

const CREATED: Outcome = { state: 'created', message: null };
const NAME_TAKEN: Outcome = { state: 'refused', message: 'HubSpot says that the name is taken.' };

/**
 * Makes the group `meeting_sync` and the standard properties of contacts, companies and deals, as far as they are missing.
 * Calls at the same time, or after one that was cut off, make each property once: HubSpot refuses a name that is taken.
 *
 * @throws the gateway's errors, and `HubSpotError` when HubSpot is unavailable. What it refuses is in the answer
 */
export async function makeStandardProperties(
  { gateway, log }: { readonly gateway: Pick<Gateway, 'connect'>; readonly log: Pick<Logger, 'info'> },
  workspaceId: string,
): Promise<StandardPropertiesDocument> {
  const { crm } = await gateway.connect(workspaceId);
  const properties = (await Promise.all(STANDARD_OBJECT_TYPES.map((type) => makePropertiesOf(crm, type)))).flat();
  const created = properties.filter(({ state }) => state === 'created').length;
  log.info({ workspaceId, created }, 'standard properties made');
  return { group: STANDARD_GROUP.name, created, properties };
}

/** What HubSpot's refusal of a request about properties means, and what to do about it. */
export function deniedSentence(error: HubSpotError): string {
  const { failure } = error;
  const scopes = failure.kind === 'needs_attention' && failure.code === 'missing_scope' ? failure.scopes : [];
  return scopes.length === 0
    ? 'HubSpot did not allow it, because a permission is missing. Connect HubSpot again as a user who may grant it.'
    : `HubSpot did not allow it, because the permission ${scopes.join(' or ')} is missing. Connect HubSpot again as a user who may grant it.`;
}

async function makePropertiesOf(crm: Crm, objectType: string): Promise<StandardPropertyStatus[]> {
  const known = await readKnown(crm, objectType);
  const missing = 'refused' in known ? [] : STANDARD_PROPERTIES.filter((each) => presentState(each, known) === null);
  const made = missing.length === 0 ? new Map<string, Outcome>() : await make(crm, objectType, missing);
  return STANDARD_PROPERTIES.map((each) => {
    const { field, name: property, label, type } = each;
    const outcome = 'refused' in known ? known.refused : (made.get(property) ?? presentState(each, known));
    return { objectType, field, property, label, type, ...(outcome ?? NAME_TAKEN) };
  });
}

/** What the account has of the standard properties. Most calls find all of them, and need not read what was archived. */
async function readKnown(crm: Crm, objectType: string): Promise<KnownDefinitions | { readonly refused: Outcome }> {
  try {
    const live = await crm.readProperties(objectType);
    const known = { live, archived: new Set<string>() };
    if (STANDARD_PROPERTIES.every((each) => presentState(each, known) !== null)) return known;
    const archived = await crm.archivedProperties(objectType);
    return { live, archived: new Set(archived.map(({ name }) => name)) };
  } catch (error) {
    return { refused: refusalOf(error) };
  }
}

/** @returns null when the group is there */
async function ensureGroup(crm: Crm, objectType: string): Promise<Outcome | null> {
  try {
    const groups = await crm.propertyGroups(objectType);
    if (!groups.includes(STANDARD_GROUP.name)) await crm.createPropertyGroup(objectType, STANDARD_GROUP);
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

/** Makes properties in one call, and one by one those that HubSpot refuses in it. @returns the outcomes by name */
async function make(crm: Crm, objectType: string, missing: readonly StandardProperty[]): Promise<Map<string, Outcome>> {
  const all = (outcome: Outcome) => new Map(missing.map(({ name }) => [name, outcome]));
  const refusal = await ensureGroup(crm, objectType);
  if (refusal !== null) return all(refusal);
  let created: readonly string[];
  try {
    created = await crm.createProperties(objectType, missing.map(asNew));
  } catch (error) {
    return all(refusalOf(error));
  }
  const outcomes = new Map(created.map((name): [string, Outcome] => [name, CREATED]));
  const left = missing.filter(({ name }) => !outcomes.has(name));
  if (left.length === 0) return outcomes;
  // Another call made them meanwhile, or a person, or HubSpot refuses some.
  const known = await readKnown(crm, objectType);
  for (const each of left) {
    const present = 'refused' in known ? known.refused : presentState(each, known);
    // oxlint-disable-next-line no-await-in-loop -- seldom any
    outcomes.set(each.name, present ?? (await makeOne(crm, objectType, each)));
  }
  return outcomes;
}

async function makeOne(crm: Crm, objectType: string, property: StandardProperty): Promise<Outcome> {
  try {
    return (await crm.createProperty(objectType, asNew(property))) ? CREATED : NAME_TAKEN;
  } catch (error) {
    return refusalOf(error);
  }
}

function asNew({ field: _field, ...property }: StandardProperty) {
  return { ...property, groupName: STANDARD_GROUP.name };
}

/** @throws the error itself when it is not a refusal, such as an outage */
function refusalOf(error: unknown): Outcome {
  if (isForbidden(error)) return { state: 'refused', message: deniedSentence(error) };
  if (!isRejected(error)) throw error;
  return { state: 'refused', message: error.readableMessage };
}
