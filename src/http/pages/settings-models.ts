import type { ConnectionDocument } from '../../connections';
import { REQUIRED_SCOPES } from '../../hubspot/oauth';
import { formatTime } from './format';

/** The settings page's HubSpot card. */
export interface SettingsPageModel {
  readonly state: ConnectionDocument['state'];
  /** One word on how it is, and its colour. */
  readonly health: { readonly word: string; readonly tone: 'good' | 'bad' | 'off' };
  readonly account: {
    readonly name: string;
    readonly id: number;
    readonly type: string | null;
    readonly timeZone: string;
  } | null;
  readonly connectedBy: string | null;
  readonly connectedAt: { readonly iso: string; readonly text: string } | null;
  readonly grantedScopes: readonly string[];
  readonly missingScopes: readonly { readonly scope: string; readonly costs: string }[];
  /** A missing permission without which nothing works. */
  readonly missingRequired: boolean;
  readonly lastError: string | null;
}

/** The page that asks before it disconnects. */
export interface DisconnectPageModel {
  readonly accountName: string;
}

const ACCOUNT_TYPES: Readonly<Record<string, string>> = {
  STANDARD: 'Standard account',
  DEVELOPER_TEST: 'Developer test account',
  SANDBOX: 'Sandbox account',
  APP_DEVELOPER: 'App developer account',
};

export function settingsPage(connection: ConnectionDocument): SettingsPageModel {
  const { portal, connectedAt } = connection;
  const timeZone = portal?.timeZone ?? 'UTC';
  return {
    state: connection.state,
    health: health(connection),
    account: portal && {
      name: accountName(connection),
      id: portal.id,
      type: portal.accountType && (ACCOUNT_TYPES[portal.accountType] ?? portal.accountType),
      timeZone,
    },
    connectedBy: connection.connectedBy,
    connectedAt: connectedAt === null ? null : { iso: connectedAt, text: formatTime(connectedAt, timeZone) },
    grantedScopes: connection.grantedScopes,
    missingScopes: connection.missingScopes,
    missingRequired: connection.missingScopes.some(({ scope }) => REQUIRED_SCOPES.includes(scope)),
    lastError: connection.lastError,
  };
}

/** HubSpot does not tell apps an account's name: its web domain is what people know it by. */
export function accountName({ portal }: ConnectionDocument): string {
  if (portal === null) return 'HubSpot';
  return portal.domain ?? `HubSpot account ${portal.id}`;
}

function health({ state, lastError, missingScopes }: ConnectionDocument): SettingsPageModel['health'] {
  switch (state) {
    case 'none':
      return { word: 'Not connected', tone: 'off' };
    case 'reauthorize':
      return { word: 'Needs reconnecting', tone: 'bad' };
    case 'connected':
      if (lastError !== null || missingScopes.some(({ scope }) => REQUIRED_SCOPES.includes(scope)))
        return { word: 'Connected, with a problem', tone: 'bad' };
      return { word: 'Connected', tone: 'good' };
  }
}
