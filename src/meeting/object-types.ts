/** HubSpot's type ids by object type. A custom type (`2-…`) is its own id. */
const OBJECT_TYPE_IDS: Record<string, string> = {
  contacts: '0-1',
  companies: '0-2',
  deals: '0-3',
  notes: '0-46',
  meetings: '0-47',
  calls: '0-48',
  tasks: '0-27',
};

/** `contacts` → `0-1`. Returns a custom type's id unchanged. */
export function objectTypeId(objectType: string): string {
  return OBJECT_TYPE_IDS[objectType] ?? objectType;
}

/** `0-1` → `contacts`. Returns a custom type's id unchanged. */
export function objectTypeOf(typeId: string): string {
  return Object.entries(OBJECT_TYPE_IDS).find(([, id]) => id === typeId)?.[0] ?? typeId;
}

/** Whether records of a type are activities on timelines: meetings are written as such, and never linked to them. */
export function isActivity(objectType: string): boolean {
  return ['meetings', 'calls', 'notes', 'tasks'].includes(objectType);
}
