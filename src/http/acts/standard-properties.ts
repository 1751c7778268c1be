import { makeStandardProperties } from '../../connection/standard-properties';
import type { StandardPropertiesDocument } from '../../meeting/fields/standard-properties';
import type { Actor } from '../../store/audit/actor';
import { audited } from '../../store/audit/record-audit';
import type { HttpDependencies } from '../dependencies';
import { askingHubSpot } from '../plumbing/hubspot-problems';

/**
 * Creates the standard properties in HubSpot and records who did. HubSpot takes no part in the transaction, which is only
 * committed after it has answered.
 *
 * @throws as `askingHubSpot`
 */
export async function createStandardProperties(
  { db, gateway, log }: Pick<HttpDependencies, 'db' | 'gateway' | 'log'>,
  workspaceId: string,
  actor: Actor,
): Promise<StandardPropertiesDocument> {
  const document = await askingHubSpot(makeStandardProperties({ gateway, log }, workspaceId));
  return await audited(
    db,
    actor,
    () => Promise.resolve(document),
    ({ created }) => ({ workspaceId, action: 'properties.create', after: { created } }),
  );
}
