import { refreshCatalogue } from '../connection/refresh-catalogue';
import { knownObjectTypes } from '../store/mirror/catalogue';
import { findConnection } from '../store/connections/connections';
import type { HttpDependencies } from './dependencies';
import { askingHubSpot } from './plumbing/hubspot-problems';
import { InvalidInputError } from './plumbing/validation';

/**
 * Checks that the connected account has these custom object types. A type that is not known yet may be new, so the
 * catalogue is read again before the type is refused. Without a connection every type is accepted, because it cannot be
 * checked.
 *
 * @throws {@link InvalidInputError} that names each unknown type (`customObjectTypes[0]`); `ProblemError` when HubSpot
 *   is not available
 */
export async function checkCustomObjectTypes(
  { db, gateway, log }: Pick<HttpDependencies, 'db' | 'gateway' | 'log'>,
  workspaceId: string,
  types: readonly string[],
): Promise<void> {
  if (types.length === 0) return;
  const connection = await findConnection(db, workspaceId);
  if (connection?.state !== 'connected') return;
  const portalId = connection.portal_id;
  let asked = false;
  if ((await unknownAmong(types)).length === 0) return;
  await askingHubSpot(gateway.connect(workspaceId).then((connected) => refreshCatalogue({ db, log }, connected)));
  asked = true;
  const unknown = await unknownAmong(types);
  if (unknown.length === 0) return;
  throw new InvalidInputError(
    unknown.length === 1 ? 'One field is not valid.' : `${unknown.length} fields are not valid.`,
    unknown.map(({ type, index }) => ({
      path: `customObjectTypes[${index}]`,
      message: `"${type}" is not a custom object type of the connected account: choose one of GET /api/v1/crm/object-types`,
    })),
  );

  async function unknownAmong(given: readonly string[]): Promise<{ type: string; index: number }[]> {
    const known = await knownObjectTypes(db, portalId);
    if (known === null && asked) return [];
    const ids = new Set(known?.map((type) => type.object_type));
    return given.flatMap((type, index) => (ids.has(type) ? [] : [{ type, index }]));
  }
}
