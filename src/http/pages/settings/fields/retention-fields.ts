import { message } from '../../../../languages/text';
import type { SettingField } from './setting-field';

/** How long content and the audit trail are kept. */
export const RETENTION_FIELDS = [
  {
    name: 'retentionDays',
    kind: 'number',
    unit: message('days'),
    amount: message('{count, plural, one {# day} other {# days}}'),
    empty: message('never'),
    label: message('Delete content after'),
    effect: message(
      'Our copy of a meeting is deleted this many days after it was received. Its activities stay in HubSpot. Leave empty to keep everything.',
    ),
  },
  {
    name: 'auditRetentionDays',
    kind: 'number',
    unit: message('days'),
    amount: message('{count, plural, one {# day} other {# days}}'),
    empty: null,
    label: message('Keep the audit trail for'),
    effect: message('From 30 to 3,650 days. Older events are deleted and cannot be restored.'),
  },
] as const satisfies readonly SettingField[];
