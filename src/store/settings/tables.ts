import type { Generated, JSONColumnType } from 'kysely';
import type { CreatedAt } from '../columns';

export interface SettingsTables {
  settings_changes: SettingsChangesTable;
}

interface SettingsChangesTable {
  id: Generated<number>;
  workspace_id: string;
  changed_by: string;
  changed_at: CreatedAt;
  before: JSONColumnType<Record<string, unknown>>;
  after: JSONColumnType<Record<string, unknown>>;
}
