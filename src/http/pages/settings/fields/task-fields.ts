import { message } from '../../../../languages/text';
import type { SettingField } from './setting-field';

/** The settings of tasks, which share a page with those of the activities. */
export const TASK_FIELDS = [
  {
    name: 'createTasks',
    kind: 'one',
    label: message('Create tasks for next steps'),
    effect: message(
      'Each next step becomes one task for its owner in HubSpot. Tasks that people completed or changed stay as they are.',
    ),
    options: [
      { value: 'off', label: message('None') },
      { value: 'internal', label: message('For steps of colleagues') },
      { value: 'all', label: message('For all steps') },
    ],
  },
  {
    name: 'taskDueDays',
    kind: 'number',
    unit: message('working days'),
    amount: message('{count, plural, one {# working day} other {# working days}}'),
    empty: null,
    label: message('Tasks are due after'),
    effect: message('For next steps without a due date. Counted from the day of the meeting.'),
  },
] as const satisfies readonly SettingField[];
