import type { EngagementRef, StatusDocument } from '../../src/meeting/status';

/** The activities without their addresses, which change with the linked record whose timeline they name. */
export function idsOf({ summary, notes }: StatusDocument['engagements']) {
  const idOf = (activity: EngagementRef | null) =>
    activity === null ? null : { objectType: activity.objectType, id: activity.id };
  return { summary: idOf(summary), notes: idOf(notes) };
}
