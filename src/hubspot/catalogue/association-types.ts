import { AssociationTypes } from '@hubspot/api-client';
import { z } from 'zod';
import { HubSpotError } from '../client/errors';
import type { AssociationType } from '../objects';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION } from '../client/transport';

/** The activities that the sync writes, by HubSpot's plural names. */
export type ActivityType = 'meetings' | 'notes' | 'calls' | 'tasks';

/** Unlabelled types only. 1, 5 and 6 would make a company the primary one, which is not ours to decide. */
const TYPE_IDS: Record<ActivityType, Record<string, number>> = {
  meetings: {
    contacts: AssociationTypes.meetingToContact,
    companies: AssociationTypes.meetingToCompany,
    deals: AssociationTypes.meetingToDeal,
  },
  notes: {
    contacts: AssociationTypes.noteToContact,
    companies: AssociationTypes.noteToCompany,
    deals: AssociationTypes.noteToDeal,
  },
  calls: {
    contacts: AssociationTypes.callToContact,
    companies: AssociationTypes.callToCompany,
    deals: AssociationTypes.callToDeal,
  },
  tasks: {
    contacts: AssociationTypes.taskToContact,
    companies: AssociationTypes.taskToCompany,
    deals: AssociationTypes.taskToDeal,
  },
};

const labels = z.object({
  results: z
    .array(
      z.object({
        category: z.enum(['HUBSPOT_DEFINED', 'USER_DEFINED']).catch('USER_DEFINED'),
        typeId: z.number(),
        label: z.string().nullish(),
      }),
    )
    .default([]),
});

/**
 * Reads the unlabelled association type from an activity to a custom object type, as this account numbers it (`GET
 * /crm/associations/…/{from}/{to}/labels`). The first entry may be a label that a user defined, so only an entry
 * without a label counts. Null if HubSpot does not return one: `batch/associate/default` then finds the type itself.
 *
 * @throws `HubSpotError` if HubSpot cannot answer now; `BudgetExhaustedError` if no slot is free soon
 */
export async function readAssociationType(
  portal: Portal,
  activity: ActivityType,
  objectType: string,
): Promise<AssociationType | null> {
  // HubSpot counts label reads together with the association batches.
  await portal.slot('associations');
  const path = `/crm/associations/${HUBSPOT_API_VERSION}/${activity}/${objectType}/labels`;
  try {
    const { body } = await portal.send({ method: 'GET', path }, 'associations');
    const unlabelled = labels.parse(body).results.filter((type) => !type.label);
    const type = unlabelled.find(({ category }) => category === 'HUBSPOT_DEFINED') ?? unlabelled[0];
    return type === undefined ? null : { category: type.category, typeId: type.typeId };
  } catch (error) {
    if (error instanceof HubSpotError && ['rejected', 'needs_attention'].includes(error.failure.kind)) return null;
    throw error;
  }
}

/** The unlabelled association type. Null for custom objects, whose types differ per account. */
export function associationType(activity: ActivityType, objectType: string): AssociationType | null {
  const typeId = TYPE_IDS[activity][objectType];
  return typeId === undefined ? null : { category: 'HUBSPOT_DEFINED', typeId };
}
