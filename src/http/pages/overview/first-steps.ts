import { t } from '../../../languages/text';
import type { Setup } from '../../../store/overview/overview-facts';

/** A step of the first minutes in a workspace. */
export interface FirstStep {
  readonly id: 'connect' | 'example' | 'import' | 'invite';
  readonly title: string;
  readonly detail: string;
  readonly done: boolean;
  /** The next one to do. */
  readonly next: boolean;
}

/** The checklist, or null when the workspace is in use or every step is done. */
export function firstSteps(connected: boolean, setup: Setup): readonly FirstStep[] | null {
  const steps = [
    {
      id: 'connect',
      title: t('Connect HubSpot'),
      detail: t('As a Super Admin of your HubSpot account, or with a link for one. Takes a minute.'),
      done: connected,
    },
    {
      id: 'example',
      title: t('Try it with an example meeting'),
      detail:
        connected || setup.hasMeetings
          ? t('It goes the way of every meeting. You can delete it afterwards.')
          : t('It waits until HubSpot is connected. You can delete it afterwards.'),
      done: setup.hasMeetings,
    },
    {
      id: 'import',
      title: t('Import past meetings'),
      detail: t('A file with one meeting a line, by the API or hubspot-meeting-sync backfill FILE.ndjson.'),
      done: setup.hasImported,
    },
    {
      id: 'invite',
      title: t('Invite your team'),
      detail: t('By a link that you send yourself.'),
      done: setup.hasMembers,
    },
  ] as const;
  if ((connected && setup.isUsed) || steps.every(({ done }) => done)) return null;
  const next = steps.find(({ done }) => !done)?.id;
  return steps.map((step) => ({ ...step, next: step.id === next }));
}
