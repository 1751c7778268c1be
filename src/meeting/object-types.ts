/** HubSpot's ids of the object types; custom ones (`2-…`) are their own. */
const OBJECT_TYPE_IDS: Record<string, string> = {
  contacts: '0-1',
  companies: '0-2',
  deals: '0-3',
  notes: '0-46',
  meetings: '0-47',
  calls: '0-48',
};

/** `contacts` → `0-1`; a custom type's id is returned as it is. */
export function objectTypeId(objectType: string): string {
  return OBJECT_TYPE_IDS[objectType] ?? objectType;
}

/** `0-1` → `contacts`; a custom type's id is returned as it is. */
export function objectTypeOf(typeId: string): string {
  return Object.entries(OBJECT_TYPE_IDS).find(([, id]) => id === typeId)?.[0] ?? typeId;
}
