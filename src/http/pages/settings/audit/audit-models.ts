import { storedText } from '../../../../languages/stored-text';
import { listText, message, numberText, t } from '../../../../languages/text';
import { settingNames, type SettingName } from '../../../../meeting/settings';
import type { ActorWay } from '../../../../store/audit/actor';
import type { ListedAuditEvent } from '../../../../store/audit/audit-lists';
import { auditSentence } from '../../../../store/audit/audit-sentences';
import type { AuditValues } from '../../../../store/audit/tables';
import { meetingPath, timeOf, type Time } from '../../layout/status-words';
import { settingLabel, settingWords, type SettingChoices } from '../sync-settings-form';

/** One event on the page. */
export interface AuditEventModel {
  readonly who: string;
  /** `on a page, from 203.0.113.7` */
  readonly where: string;
  readonly what: string;
  readonly when: Time;
  /** How often, for refusals that followed each other; null for a single event. */
  readonly repeated: string | null;
  /** The page of the object; null without one. */
  readonly path: string | null;
  readonly values: readonly { readonly label: string; readonly before: string | null; readonly after: string | null }[];
}

const WAY_WORDS: Readonly<Record<ActorWay, string>> = {
  page: message('on a page'),
  api: message('by the API'),
  mcp: message('by an agent'),
  cli: message('on the command line'),
  card: message('on a HubSpot record'),
  webhook: message('by an event'),
  schedule: message('automatically'),
};

const VALUE_LABELS: Readonly<Record<string, string>> = {
  accounts: message('HubSpot accounts'),
  created: message('Created'),
  device: message('Device'),
  expiresAt: message('Expires'),
  keys: message('Keys'),
  lines: message('Lines'),
  meetingId: message('Meeting'),
  meetings: message('Meetings'),
  method: message('Way to sign in'),
  origin: message('Created with'),
  overwrite: message('Replaces changes in HubSpot'),
  property: message('Property'),
  reason: message('Reason'),
  record: message('Record'),
  role: message('Role'),
  route: message('Address'),
  scopes: message('Permissions'),
  selected: message('Selected'),
  since: message('Since'),
  state: message('State'),
};

/** Pages of objects, by their type. */
const PATHS: Readonly<Record<string, (id: string) => string>> = {
  meeting: meetingPath,
  backfill: (id) => `/backfills/${encodeURIComponent(id)}`,
  account: () => '/settings/integrations',
  admin_link: () => '/settings/integrations',
  key: () => '/settings/keys',
  member: () => '/settings/members',
  session: () => '/settings/sessions',
};

/** An event in the words of the page. */
export function auditEventModel(event: ListedAuditEvent, choices: SettingChoices, timeZone: string): AuditEventModel {
  const { actor, object, before, after, count } = event;
  return {
    who: storedText(actor.label),
    where: actor.ip === null ? t(WAY_WORDS[actor.way]) : `${t(WAY_WORDS[actor.way])}, ${actor.ip}`,
    what: auditSentence(event),
    when: timeOf(event.lastAt ?? event.at, timeZone),
    repeated: count === 1 ? null : t('{count, number} times', { count }),
    path: object?.id === null || object === null ? null : (PATHS[object.type]?.(object.id) ?? null),
    values: valuesOf(before ?? {}, after ?? {}, choices),
  };
}

function valuesOf(before: AuditValues, after: AuditValues, choices: SettingChoices): AuditEventModel['values'] {
  return Object.keys({ ...before, ...after }).map((name) => {
    const words = (values: AuditValues) => (name in values ? valueWords(name, values[name], choices) : null);
    const label = isSetting(name) ? settingLabel(name) : t(VALUE_LABELS[name] ?? name);
    return { label, before: words(before), after: words(after) };
  });
}

function valueWords(name: string, value: unknown, choices: SettingChoices): string {
  if (isSetting(name)) return settingWords(name, value, choices);
  if (value === null) return t('(empty)');
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (Array.isArray(value)) return value.length === 0 ? t('(empty)') : listText(value.map(String));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isSetting(name: string): name is SettingName {
  return settingNames.some((setting) => setting === name);
}
