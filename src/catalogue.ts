import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { ZodError } from 'zod';
import type { ConnectedCrm } from './gateway';
import { HubSpotError } from './hubspot/errors';
import { OWNERS_SCOPE } from './hubspot/oauth';
import { CUSTOM_SCHEMAS_SCOPE } from './hubspot/schemas';
import { describeError } from './log';
import { catalogueAgeMs, namesUnknown, saveCatalogue, type Catalogue, type CataloguedRecord } from './store/catalogue';
import { cacheAllOwners } from './store/owners';
import type { Database } from './store/schema';

/** What nobody can explain (an owner that HubSpot no longer lists) is asked for again after so long, not at every event. */
const ASK_AGAIN_MS = 10 * 60_000;

/** Custom object types whose pipelines are read: as many as the settings can choose. */
const MAX_CUSTOM_PIPELINES = 20;

interface CatalogueDependencies {
  readonly db: Kysely<Database>;
  readonly log: Logger;
}

/**
 * Reads what gives a portal's records their meaning, and keeps it: pipelines and stages of deals and of the custom
 * objects that have them, custom object types, owners. Some 4 calls in an ordinary account, 42 at the most. What the
 * account does not grant or tell is left as it was.
 *
 * @throws whatever HubSpot's limits or a lost authorisation give: judged by the caller
 */
export async function refreshCatalogue(
  { db, log }: CatalogueDependencies,
  { crm, portalId, scopes }: Pick<ConnectedCrm, 'crm' | 'portalId' | 'scopes'>,
): Promise<void> {
  const granted = async <Part>(what: string, read: () => Promise<Part>): Promise<Part | null> => {
    try {
      return await read();
    } catch (error) {
      if (!isPassable(error)) throw error;
      log.warn({ portalId, error: describeError(error) }, `HubSpot does not tell the ${what} of the account`);
      return null;
    }
  };
  const [deals, objectTypes, owners] = await Promise.all([
    granted('pipelines', () => crm.pipelines('deals')),
    scopes.includes(CUSTOM_SCHEMAS_SCOPE) ? granted('custom object types', () => crm.objectTypes()) : [],
    scopes.includes(OWNERS_SCOPE) ? granted('owners', () => readOwners(crm)) : null,
  ]);
  const custom = (objectTypes ?? []).filter((type) => type.hasPipelines).slice(0, MAX_CUSTOM_PIPELINES);
  const customPipelines = await Promise.all(
    custom.map(
      async ({ objectType }) =>
        [objectType, await granted('pipelines of a custom object', () => crm.pipelines(objectType))] as const,
    ),
  );
  const pipelines = [['deals', deals] as const, ...customPipelines];
  const catalogue: Catalogue = {
    pipelines: new Map(pipelines.flatMap(([type, found]) => (found === null ? [] : [[type, found] as const]))),
    objectTypes,
    owners: owners?.all ?? null,
  };
  await saveCatalogue(db, portalId, catalogue);
  if (owners !== null && owners.active.complete) {
    const byEmail = owners.active.owners.flatMap(({ id, email }) => (email === null ? [] : [{ id, email }]));
    await cacheAllOwners(db, portalId, byEmail);
  }
}

/**
 * Reads the catalogue again when records name a stage, an owner or a type that it does not have.
 *
 * @param timeScale - `SYNC_TIME_SCALE`
 * @returns whether it was read
 */
export async function learnUnknown(
  dependencies: CatalogueDependencies & { readonly timeScale: number },
  connected: Pick<ConnectedCrm, 'crm' | 'portalId' | 'scopes'>,
  records: readonly CataloguedRecord[],
): Promise<boolean> {
  const { db, timeScale } = dependencies;
  // Owners that we may not see are not unknown: they stay without a name.
  const explainable = connected.scopes.includes(OWNERS_SCOPE) ? records : records.map(withoutOwner);
  if (!(await namesUnknown(db, connected.portalId, explainable))) return false;
  const age = await catalogueAgeMs(db, connected.portalId);
  if (age !== null && age < ASK_AGAIN_MS * timeScale) return false;
  await refreshCatalogue(dependencies, connected);
  return true;
}

function withoutOwner({ objectType, properties }: CataloguedRecord): CataloguedRecord {
  return { objectType, properties: { ...properties, hubspot_owner_id: null } };
}

/**
 * A part that HubSpot refuses, fails at or tells in a form of its own leaves records without their names for a while. It
 * must not hold up what follows from the records themselves; limits and a lost authorisation would hold up that, too.
 */
function isPassable(error: unknown): boolean {
  if (error instanceof ZodError) return true;
  return error instanceof HubSpotError && ['person', 'refused', 'retry'].includes(error.decision.do);
}

/** Deactivated owners too: records go on naming them. */
async function readOwners(crm: ConnectedCrm['crm']) {
  const [active, archived] = await Promise.all([crm.owners({ archived: false }), crm.owners({ archived: true })]);
  return {
    active,
    all: { owners: [...archived.owners, ...active.owners], complete: active.complete && archived.complete },
  };
}
