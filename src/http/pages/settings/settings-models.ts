import type { ConnectionDocument } from '../../../connection/connect';
import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import type { ConnectionFacts } from '../../../store/connections/connection-facts';
import type { HubSpotUsage } from '../../../store/connections/hubspot-usage';
import { timeOf, type Time } from '../layout/status-words';
import { activityOf, healthOf, lacksRequired, type ActivityModel, type HealthModel } from './health-models';
import { permissionsOf, type Permission } from './permissions';
import type { FilledView } from '../layout/view';

/** The HubSpot card. */
export interface HubSpotCardModel {
  readonly state: ConnectionDocument['state'];
  readonly health: HealthModel;
  /** Null while no account is connected. */
  readonly activity: ActivityModel | null;
  readonly account: {
    readonly name: string;
    readonly id: number;
    readonly type: string | null;
    readonly timeZone: string;
    /** Where the account's data is stored, and what the account supports. */
    readonly facts: readonly string[];
  } | null;
  readonly connectedBy: string | null;
  readonly connectedAt: Time | null;
  /** Every permission that the app asks for. */
  readonly permissions: readonly Permission[];
  readonly missing: readonly Permission[];
  /** Whether a permission is missing without which nothing works. */
  readonly missingRequired: boolean;
  readonly lastError: string | null;
  /** The button that leads to HubSpot's consent page. */
  readonly connectButton: string | null;
  /** Whether the page offers "Try now", because a limit blocks the account for hours. */
  readonly mayTryNow: boolean;
}

/** The page that asks for confirmation before disconnecting. */
export interface DisconnectPageModel {
  readonly accountName: string;
}

export const disconnectView = (model: DisconnectPageModel): FilledView => ({ template: 'disconnect-hubspot', model });

const ACCOUNT_TYPES: Readonly<Record<string, string>> = {
  STANDARD: message('Standard account'),
  DEVELOPER_TEST: message('Developer test account'),
  SANDBOX: message('Sandbox account'),
  APP_DEVELOPER: message('App developer account'),
};

export function hubspotCard(
  connection: ConnectionDocument,
  usage: HubSpotUsage | null,
  facts: ConnectionFacts | null,
  workers: number,
): HubSpotCardModel {
  const { portal, connectedAt } = connection;
  const timeZone = portal?.timeZone ?? 'UTC';
  const permissions = permissionsOf(connection);
  const missingRequired = lacksRequired(connection);
  return {
    state: connection.state,
    mayTryNow: usage?.closed?.limit === 'day' || usage?.closed?.limit === 'migration',
    health: healthOf(connection, usage, workers),
    activity: usage === null || facts === null ? null : activityOf(connection, usage, facts),
    account: portal && {
      name: accountName(connection),
      id: portal.id,
      type: portal.accountType && t(ACCOUNT_TYPES[portal.accountType] ?? portal.accountType),
      timeZone,
      facts: accountFacts(portal),
    },
    connectedBy: connection.connectedBy,
    connectedAt: connectedAt === null ? null : timeOf(connectedAt, timeZone),
    permissions,
    missing: permissions.filter(({ costs }) => costs !== null),
    missingRequired,
    lastError: connection.lastError && storedText(connection.lastError),
    connectButton: connectButtonOf(connection),
  };
}

/** @returns null while nothing has to be connected again: the card then offers to hand the connection over */
function connectButtonOf(connection: ConnectionDocument): HubSpotCardModel['connectButton'] {
  if (connection.state === 'none') return t('Connect');
  const needed = connection.state === 'reauthorize' || lacksRequired(connection) || connection.lastError !== null;
  return needed ? t('Reconnect') : null;
}

/** Facts about the account, from when HubSpot was last asked. */
function accountFacts(portal: NonNullable<ConnectionDocument['portal']>): string[] {
  const { uiDomain, dataLocation, erasesActivities } = portal;
  const erasure =
    erasesActivities === true
      ? t('Activities of an erased person are erased in HubSpot for good.')
      : t(
          'This account cannot erase activities for good: those of an erased person are archived, and HubSpot deletes them after 90 days.',
        );
  const place =
    dataLocation === null
      ? t('Its pages are at {domain}.', { domain: uiDomain })
      : t('Its pages are at {domain}, its data in {region}.', { domain: uiDomain, region: dataLocation });
  return erasesActivities === null ? [place] : [place, erasure];
}

/** HubSpot's API does not return an account's name. People know the account by its web domain. */
export function accountName({ portal }: ConnectionDocument): string {
  if (portal === null) return 'HubSpot';
  return portal.domain ?? t('HubSpot account {account}', { account: portal.id });
}
