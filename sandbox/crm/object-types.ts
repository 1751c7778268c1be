export type ObjectKind = 'record' | 'activity' | 'custom';

/** One object type as the API addresses it. */
export interface SandboxObjectType {
  typeId: string;
  singular: string;
  plural: string;
  kind: ObjectKind;
  /** The property with the time of the last change. Contacts use a different name for it. */
  modified: string;
  /** The property with the time of creation. Activities use a different name for it. */
  created: string;
  /** Properties of a response when the request names none. */
  shown: readonly string[];
  /** Properties whose values form a record's display name. */
  titles: readonly string[];
  /** Properties that the free-text `query` of a search looks through. */
  searchable: readonly string[];
  readScope: string;
  writeScope: string;
}

const CONTACT_SCOPES = { readScope: 'crm.objects.contacts.read', writeScope: 'crm.objects.contacts.write' };

function activity(typeId: string, singular: string, titles: string[], body: string): SandboxObjectType {
  return {
    typeId,
    singular,
    plural: `${singular}s`,
    kind: 'activity',
    modified: 'hs_lastmodifieddate',
    created: 'hs_createdate',
    shown: [],
    titles,
    searchable: [...titles, body],
    // Every operation on activities requires the contacts' scopes (docs/hubspot.md, "OAuth").
    ...CONTACT_SCOPES,
  };
}

export const CONTACT: SandboxObjectType = {
  typeId: '0-1',
  singular: 'contact',
  plural: 'contacts',
  kind: 'record',
  modified: 'lastmodifieddate',
  created: 'createdate',
  shown: ['email', 'firstname', 'lastname'],
  titles: ['firstname', 'lastname'],
  searchable: ['firstname', 'lastname', 'email', 'hs_additional_emails', 'phone', 'company'],
  ...CONTACT_SCOPES,
};

export const STANDARD_TYPES: readonly SandboxObjectType[] = [
  CONTACT,
  {
    typeId: '0-2',
    singular: 'company',
    plural: 'companies',
    kind: 'record',
    modified: 'hs_lastmodifieddate',
    created: 'createdate',
    shown: ['domain', 'name'],
    titles: ['name'],
    searchable: ['name', 'domain', 'website', 'phone'],
    readScope: 'crm.objects.companies.read',
    writeScope: 'crm.objects.companies.write',
  },
  {
    typeId: '0-3',
    singular: 'deal',
    plural: 'deals',
    kind: 'record',
    modified: 'hs_lastmodifieddate',
    created: 'createdate',
    shown: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
    titles: ['dealname'],
    searchable: ['dealname', 'description'],
    readScope: 'crm.objects.deals.read',
    writeScope: 'crm.objects.deals.write',
  },
  {
    typeId: '0-5',
    singular: 'ticket',
    plural: 'tickets',
    kind: 'record',
    modified: 'hs_lastmodifieddate',
    created: 'createdate',
    shown: ['content', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_category', 'hs_ticket_priority', 'subject'],
    titles: ['subject'],
    searchable: ['subject', 'content'],
    readScope: 'tickets',
    writeScope: 'tickets',
  },
  activity('0-27', 'task', ['hs_task_subject'], 'hs_task_body'),
  activity('0-46', 'note', [], 'hs_note_body'),
  activity('0-47', 'meeting', ['hs_meeting_title'], 'hs_meeting_body'),
  activity('0-48', 'call', ['hs_call_title'], 'hs_call_body'),
  activity('0-49', 'email', ['hs_email_subject'], 'hs_email_text'),
];

/** Schema of a custom object, as `/crm-object-schemas` shows it without its properties. */
export interface CustomSchema {
  id: string;
  typeId: string;
  name: string;
  fullyQualifiedName: string;
  labels: { singular: string; plural: string };
  primaryDisplayProperty: string;
  secondaryDisplayProperties: string[];
  requiredProperties: string[];
  searchableProperties: string[];
  createdAt: number;
  updatedAt: number;
}

/** The object type of a custom object. */
export function customType(schema: CustomSchema): SandboxObjectType {
  return {
    typeId: schema.typeId,
    singular: schema.fullyQualifiedName,
    plural: schema.fullyQualifiedName,
    kind: 'custom',
    modified: 'hs_lastmodifieddate',
    created: 'hs_createdate',
    shown: [],
    titles: [schema.primaryDisplayProperty],
    searchable: schema.searchableProperties,
    readScope: 'crm.objects.custom.read',
    writeScope: 'crm.objects.custom.write',
  };
}

/**
 * Returns the name in error messages and association contexts, such as CONTACT in "Could not get some CONTACT objects".
 */
export function upperName(type: SandboxObjectType): string {
  return type.singular.toUpperCase();
}

/** Returns the scopes of an object type's property definitions. */
export function schemaScopes(type: Pick<SandboxObjectType, 'kind' | 'singular' | 'plural'>): {
  read: string;
  write: string;
} {
  if (type.kind === 'custom') return { read: 'crm.schemas.custom.read', write: 'crm.schemas.custom.write' };
  if (type.singular === 'ticket') return { read: 'tickets', write: 'tickets' };
  // Activities have no schema scope of their own. That contacts' covers them is assumed (docs/hubspot.md).
  const plural = type.kind === 'activity' ? 'contacts' : type.plural;
  return { read: `crm.schemas.${plural}.read`, write: `crm.schemas.${plural}.write` };
}
