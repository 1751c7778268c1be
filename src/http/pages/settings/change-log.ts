import type { FastifyInstance } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import type { SettingsChange } from '../../../meeting/preview';
import { listAccessChanges } from '../../../store/audit/audit-lists';
import { findConnection } from '../../../store/connections/connections';
import { listSettingsChanges } from '../../../store/settings/settings';
import { settingsChoices } from '../../../store/settings/settings-choices';
import type { HttpDependencies } from '../../dependencies';
import { sessionOf } from '../layout/session';
import { pageOptions } from '../layout/guard';
import { timeOf, type Time } from '../layout/status-words';
import { settingsPath } from './settings-nav';
import { renderSettings } from './settings-page';
import { NO_CHOICES, settingLabel, settingWords, type SettingChoices } from './sync-settings-form';

/** The page with the last changes. */
interface ChangeLogModel {
  readonly changes: readonly {
    readonly who: string;
    readonly when: Time;
    readonly fields: readonly { readonly label: string; readonly before: string; readonly after: string }[];
  }[];
  readonly access: readonly { readonly actor: string; readonly action: string; readonly when: Time }[];
}

/** `/settings/changes`: who changed which settings, keys and people, and when. */
export function registerChangeLog(pages: FastifyInstance, deps: Pick<HttpDependencies, 'db' | 'config'>): void {
  const { db } = deps;
  pages.get(settingsPath('changes'), pageOptions('admin'), async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const connection = await findConnection(db, workspaceId);
    const timeZone = connection?.time_zone ?? 'UTC';
    const [changes, access, choices] = await Promise.all([
      listSettingsChanges(db, workspaceId),
      listAccessChanges(db, workspaceId),
      connection === null ? NO_CHOICES : settingsChoices(db, connection.portal_id),
    ]);
    const model: ChangeLogModel = {
      changes: changesOf(changes, choices, timeZone),
      access: access.map(({ actor, action, changedAt }) => ({
        actor: storedText(actor),
        action: storedText(action),
        when: timeOf(changedAt, timeZone),
      })),
    };
    return await renderSettings(deps, { id: 'changes', template: 'changes', model }, request, reply);
  });
}

function changesOf(
  changes: readonly SettingsChange[],
  choices: SettingChoices,
  timeZone: string,
): ChangeLogModel['changes'] {
  return changes.map(({ changedBy, changedAt, fields }) => ({
    who: storedText(changedBy),
    when: timeOf(changedAt, timeZone),
    fields: fields.map(({ field, before, after }) => ({
      label: settingLabel(field),
      before: settingWords(field, before, choices),
      after: settingWords(field, after, choices),
    })),
  }));
}
