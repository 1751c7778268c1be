import type { SettingField } from './setting-field';

/** The settings of tasks, which share a page with those of the activities. */
export const TASK_FIELDS = [
  {
    name: 'createTasks',
    kind: 'one',
    label: 'Create tasks for next steps',
    effect:
      'Each next step becomes one task for its owner in HubSpot. Tasks that people completed or changed stay as they are.',
    options: [
      { value: 'off', label: 'None' },
      { value: 'internal', label: 'For steps of colleagues' },
      { value: 'all', label: 'For all steps' },
    ],
  },
  {
    name: 'taskDueDays',
    kind: 'number',
    unit: 'working days',
    empty: null,
    label: 'Tasks are due after',
    effect: 'For next steps without a due date. Counted from the day of the meeting.',
  },
] as const satisfies readonly SettingField[];
