import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import type { PreviewedTask } from '../../../meeting/preview';
import { formatMoment, httpLink } from '../layout/format';

/** A previewed task of a next step, as pages show it. */
export interface PreviewedTaskLine {
  readonly text: string;
  /** Its page in HubSpot; null without a task there. */
  readonly url: string | null;
  readonly what: string;
  /** Who does it until when; null for a task that would not be written. */
  readonly due: string | null;
  /** Why, or null. */
  readonly reason: string | null;
}

const ACTIONS: Readonly<Record<PreviewedTask['action'], string>> = {
  create: message('Gets a task.'),
  change: message('Its task changes.'),
  archive: message('Its task is archived.'),
  keep: message('Its task stays.'),
  none: message('No task.'),
};

export function previewedTaskLine(task: PreviewedTask, timeZone: string): PreviewedTaskLine {
  const { text, url, action, reason, ownerEmail, dueAt } = task;
  const isWritten = action === 'create' || action === 'change';
  return {
    text,
    url: httpLink(url),
    what: t(ACTIONS[action]),
    due:
      !isWritten || dueAt === null
        ? null
        : t('For {person}, due {day}.', { person: ownerEmail ?? '', day: formatMoment(dueAt, timeZone) }),
    reason: reason === null ? null : storedText(reason),
  };
}
