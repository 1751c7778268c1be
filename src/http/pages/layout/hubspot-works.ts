import { REQUIRED_SCOPES } from '../../../hubspot/client/oauth';
import { t } from '../../../languages/text';
import type { ConnectionRow } from '../../../store/connections/connections';

type Connection = Pick<ConnectionRow, 'state' | 'scopes'> | null;

/**
 * Whether HubSpot takes what people ask for. Without a connection that works, no page offers what would only wait:
 * syncing again, linking a record, creating a contact.
 */
export function hubSpotWorks(connection: Connection): boolean {
  return connection?.state === 'connected' && hasPermissions(connection);
}

/** Whether the connection has the permissions without which nothing works. */
export function hasPermissions({ scopes }: Pick<ConnectionRow, 'scopes'>): boolean {
  return REQUIRED_SCOPES.every((scope) => scopes.includes(scope));
}

/** The words of the button that makes HubSpot work again. */
export function connectWords(connection: Connection): string {
  return connection === null ? t('Connect HubSpot') : t('Reconnect HubSpot');
}
