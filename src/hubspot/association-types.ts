import { AssociationTypes } from '@hubspot/api-client';
import type { AssociationType } from './objects';

/** The activities that the sync writes, by HubSpot's plural names. */
export type ActivityType = 'meetings' | 'notes' | 'calls';

/** Unlabelled types only: 1, 5 and 6 would make a company the primary one, which is not ours to decide. */
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
};

/** HubSpot's ids of the object types; custom ones (`2-…`) are their own. */
const OBJECT_TYPE_IDS: Record<string, string> = {
  contacts: '0-1',
  companies: '0-2',
  deals: '0-3',
  notes: '0-46',
  meetings: '0-47',
  calls: '0-48',
};

/** The unlabelled association type, or null for custom objects: theirs differ per account. */
export function associationType(activity: ActivityType, objectType: string): AssociationType | null {
  const typeId = TYPE_IDS[activity][objectType];
  return typeId === undefined ? null : { category: 'HUBSPOT_DEFINED', typeId };
}

/** `contacts` → `0-1`; a custom type's id is returned as it is. */
export function objectTypeId(objectType: string): string {
  return OBJECT_TYPE_IDS[objectType] ?? objectType;
}

/** `0-1` → `contacts`; a custom type's id is returned as it is. */
export function objectTypeOf(typeId: string): string {
  return Object.entries(OBJECT_TYPE_IDS).find(([, id]) => id === typeId)?.[0] ?? typeId;
}
