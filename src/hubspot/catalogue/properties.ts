import { z } from 'zod';
import type { PropertyDefinition } from '../../meeting/fields/property';
import { HubSpotError } from '../client/errors';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION } from '../client/transport';

const text = z.string().nullish().catch(null);
const isTrue = z.boolean().nullish().catch(null);

const definition = z.object({
  name: z.string(),
  label: text,
  type: text,
  fieldType: text,
  options: z
    .array(z.object({ label: text, value: z.string() }))
    .nullish()
    .catch(null),
  calculated: isTrue,
  archived: isTrue,
  modificationMetadata: z.object({ readOnlyValue: isTrue }).nullish().catch(null),
});
const answer = z.object({ results: z.array(definition).default([]) });

/** A property to create. */
export interface NewProperty {
  readonly name: string;
  readonly label: string;
  readonly type: 'string' | 'number' | 'datetime';
  readonly fieldType: 'text' | 'textarea' | 'number' | 'date';
  readonly groupName: string;
  readonly description: string;
}

/**
 * Lists the properties of an object type that are not archived (`GET /crm/properties/…/{objectType}`, one call, not
 * paged).
 *
 * @throws `HubSpotError`; `BudgetExhaustedError` if no slot is free soon
 */
export async function listProperties(portal: Portal, objectType: string): Promise<PropertyDefinition[]> {
  await portal.slot('requests');
  const { body } = await portal.send({ method: 'GET', path: pathOf(objectType) }, 'requests');
  return answer.parse(body).results.flatMap((each) => (each.archived === true ? [] : [definitionOf(each)]));
}

function definitionOf(each: z.output<typeof definition>): PropertyDefinition {
  return {
    name: each.name,
    label: each.label || each.name,
    type: each.type ?? '',
    fieldType: each.fieldType ?? '',
    options: (each.options ?? []).map((option) => ({ value: option.value, label: option.label ?? option.value })),
    writable: each.calculated !== true && each.modificationMetadata?.readOnlyValue !== true,
  };
}

/** Creates a group of properties. Does nothing if it exists. @throws as {@link listProperties} */
export async function createPropertyGroup(
  portal: Portal,
  objectType: string,
  group: { readonly name: string; readonly label: string },
): Promise<void> {
  await unlessExists(portal, `${pathOf(objectType)}/groups`, { ...group, displayOrder: -1 });
}

/** Creates a property. @returns false if there is one of that name, archived ones aside. @throws as {@link listProperties} */
export async function createProperty(portal: Portal, objectType: string, property: NewProperty): Promise<boolean> {
  return await unlessExists(portal, pathOf(objectType), { ...property, displayOrder: -1 });
}

async function unlessExists(portal: Portal, path: string, json: unknown): Promise<boolean> {
  try {
    await portal.slot('requests');
    await portal.send({ method: 'POST', path, json }, 'requests');
    return true;
  } catch (error) {
    if (error instanceof HubSpotError && error.status === 409) return false;
    throw error;
  }
}

function pathOf(objectType: string): string {
  return `/crm/properties/${HUBSPOT_API_VERSION}/${objectType}`;
}
