import type { ConnectionDocument } from '../../../connection/connect';
import { REQUIRED_SCOPES } from '../../../hubspot/client/oauth';
import type { SettingsChange } from '../../../meeting/preview';
import type { ConnectionFacts } from '../../../store/connections/connection-facts';
import type { HubSpotUsage } from '../../../store/connections/hubspot-usage';
import { timeOf, type Time } from '../layout/status-words';
import { activityOf, healthOf, type ActivityModel, type HealthModel } from './health-models';
import type { PeopleForms, PeopleModel } from './people-models';
import type { PreviewModel } from './preview-models';
import { settingLabel, settingWords, type SettingChoices, type SettingsFormModel } from './sync-settings-form';
import type { FilledView } from '../layout/view';

/** `/settings/integrations`. */
export interface SettingsPageModel extends HubSpotCardModel {
  readonly form: SettingsFormModel;
  readonly preview: PreviewModel | null;
  readonly changes: readonly ChangeModel[];
  readonly people: PeopleModel;
  readonly forms: PeopleForms;
}

export const settingsView = (model: SettingsPageModel): FilledView => ({ template: 'settings-integrations', model });

/** A change of the settings, as text. */
interface ChangeModel {
  readonly who: string;
  readonly when: Time;
  readonly fields: readonly { readonly label: string; readonly before: string; readonly after: string }[];
}

/** The HubSpot card. */
interface HubSpotCardModel {
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
  readonly grantedScopes: readonly string[];
  readonly missingScopes: readonly { readonly scope: string; readonly costs: string }[];
  /** Whether a permission is missing without which nothing works. */
  readonly missingRequired: boolean;
  readonly lastError: string | null;
  /** Whether the page offers "Try now", because a limit blocks the account for hours. */
  readonly mayTryNow: boolean;
}

/** The page that asks for confirmation before disconnecting. */
export interface DisconnectPageModel {
  readonly accountName: string;
}

export const disconnectView = (model: DisconnectPageModel): FilledView => ({ template: 'disconnect-hubspot', model });

/** Nothing uses this optional scope yet, so the page does not ask people for it. */
const NOT_NEEDED_YET = 'crm.schemas.custom.write';

const ACCOUNT_TYPES: Readonly<Record<string, string>> = {
  STANDARD: 'Standard account',
  DEVELOPER_TEST: 'Developer test account',
  SANDBOX: 'Sandbox account',
  APP_DEVELOPER: 'App developer account',
};

/**
 * The model of the HubSpot card on the settings page.
 *
 * @param usage - null without a connected account, as is `facts`
 * @param workers - the number of running workers
 */
export function settingsPage(
  connection: ConnectionDocument,
  usage: HubSpotUsage | null,
  facts: ConnectionFacts | null,
  workers: number,
): HubSpotCardModel {
  const { portal, connectedAt } = connection;
  const timeZone = portal?.timeZone ?? 'UTC';
  return {
    state: connection.state,
    mayTryNow: usage?.closed?.limit === 'day' || usage?.closed?.limit === 'migration',
    health: healthOf(connection, usage, workers),
    activity: usage === null || facts === null ? null : activityOf(connection, usage, facts),
    account: portal && {
      name: accountName(connection),
      id: portal.id,
      type: portal.accountType && (ACCOUNT_TYPES[portal.accountType] ?? portal.accountType),
      timeZone,
      facts: accountFacts(portal),
    },
    connectedBy: connection.connectedBy,
    connectedAt: connectedAt === null ? null : timeOf(connectedAt, timeZone),
    grantedScopes: connection.grantedScopes,
    missingScopes: connection.missingScopes.filter(({ scope }) => scope !== NOT_NEEDED_YET),
    missingRequired: connection.missingScopes.some(({ scope }) => REQUIRED_SCOPES.includes(scope)),
    lastError: connection.lastError,
  };
}

/** Facts about the account, from when HubSpot was last asked. */
function accountFacts(portal: NonNullable<ConnectionDocument['portal']>): string[] {
  const { uiDomain, dataLocation, erasesActivities } = portal;
  const erasure =
    erasesActivities === true
      ? 'Activities of an erased person are erased in HubSpot for good.'
      : 'This account cannot erase activities for good: those of an erased person are archived, and HubSpot deletes them after 90 days.';
  return [
    `Its pages are at ${uiDomain}${dataLocation === null ? '' : `, its data in ${dataLocation}`}.`,
    ...(erasesActivities === null ? [] : [erasure]),
  ];
}

/** HubSpot's API does not return an account's name. People know the account by its web domain. */
export function accountName({ portal }: ConnectionDocument): string {
  if (portal === null) return 'HubSpot';
  return portal.domain ?? `HubSpot account ${portal.id}`;
}

/** The changes of the settings as lines with labels, in the given order. */
export function changeModels(
  changes: readonly SettingsChange[],
  choices: SettingChoices,
  timeZone: string,
): ChangeModel[] {
  return changes.map(({ changedBy, changedAt, fields }) => ({
    who: changedBy,
    when: timeOf(changedAt, timeZone),
    fields: fields.map(({ field, before, after }) => ({
      label: settingLabel(field),
      before: settingWords(field, before, choices),
      after: settingWords(field, after, choices),
    })),
  }));
}
