import { findConnection } from '../../../store/connections/connections';
import { InvalidInputError } from '../../plumbing/validation';
import type { NamedRecord } from '../shown';
import type { ToolContext } from '../tool';

/**
 * Checks that a record's address is of the connected HubSpot account.
 *
 * @throws {@link InvalidInputError} for an address of another account
 */
export async function requireOwnAccount(
  { deps, workspaceId }: ToolContext,
  { account }: Pick<NamedRecord, 'account'>,
): Promise<void> {
  if (account === null) return;
  const connection = await findConnection(deps.db, workspaceId);
  if (connection?.portal_id === account) return;
  const message = `is the address of a record in HubSpot account ${account}, and this workspace is connected to another one`;
  throw new InvalidInputError('One field is not valid.', [{ path: 'record', message }]);
}
