import type { Logger } from 'pino';
import { ZodError } from 'zod';
import type { ConnectedCrm } from './open-crm';
import { concernsThisCallOnly } from '../hubspot/client/errors';
import { OWNERS_SCOPE } from '../hubspot/client/oauth';
import { CUSTOM_SCHEMAS_SCOPE } from '../hubspot/catalogue/schemas';
import { describeError } from '../telemetry/log';
import {
  catalogueAgeMs,
  namesUnknown,
  saveCatalogue,
  type Catalogue,
  type CataloguedRecord,
} from '../store/mirror/catalogue';
import { cacheAllOwners } from '../store/mirror/owners';
import type { DbPool } from '../store/database';

/** An unknown name (such as an owner that HubSpot no longer lists) triggers a read only this often, not at every event. */
const ASK_AGAIN_MS = 10 * 60_000;

/** The most custom object types whose pipelines are read: as many as the settings allow. */
const MAX_CUSTOM_PIPELINES = 20;

interface CatalogueDependencies {
  readonly db: DbPool;
  readonly log: Logger;
}

/**
 * Reads and stores a portal's catalogue: pipelines and stages of deals and of custom objects that have them, custom object
 * types, and owners. Takes about 4 calls for a typical account and 42 at most. Parts that the account does not grant or
 * that cannot be read keep their stored rows.
 *
 * @throws the errors of rate limits and of a lost authorisation
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
      log.warn({ portalId, error: describeError(error) }, `the ${what} of the account could not be read`);
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
 * Reads the catalogue again when records refer to a stage, an owner or a type that is missing in it.
 *
 * @param dependencies - `timeScale`: `SYNC_TIME_SCALE`
 * @returns whether it was read
 */
export async function learnUnknown(
  dependencies: CatalogueDependencies & { readonly timeScale: number },
  connected: Pick<ConnectedCrm, 'crm' | 'portalId' | 'scopes'>,
  records: readonly CataloguedRecord[],
): Promise<boolean> {
  const { db, timeScale } = dependencies;
  // Without the owners scope, an unknown owner is no reason to read again.
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
 * Whether to continue without a part that HubSpot refuses, fails to return, or returns in an unexpected form. Records then
 * have no names for a while, which must not delay their processing. Rate limits and a lost authorisation affect the
 * processing as well, so they are rethrown.
 */
function isPassable(error: unknown): boolean {
  if (error instanceof ZodError) return true;
  return concernsThisCallOnly(error);
}

/** Reads active and deactivated owners, because records still refer to deactivated ones. */
async function readOwners(crm: ConnectedCrm['crm']) {
  const [active, archived] = await Promise.all([crm.owners({ archived: false }), crm.owners({ archived: true })]);
  return {
    active,
    all: { owners: [...archived.owners, ...active.owners], complete: active.complete && archived.complete },
  };
}
