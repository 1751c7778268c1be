import { z } from 'zod';
import type { PropertyDefinition } from '../../meeting/fields/property';
import type { StandardProperty } from '../../meeting/fields/standard-properties';
import { isRejected } from '../client/errors';
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
const created = z.object({ results: z.array(z.object({ name: z.string() })).default([]) });
const groups = z.object({ results: z.array(z.object({ name: z.string(), archived: isTrue })).default([]) });

/** A property to create. */
export type NewProperty = Omit<StandardProperty, 'field'> & { readonly groupName: string };

/**
 * Lists the properties of an object type: those in use, or those that a person archived (`GET
 * /crm/properties/…/{objectType}`, one call, not paged).
 *
 * @throws `HubSpotError`; `BudgetExhaustedError` if no slot is free soon
 */
export async function listProperties(
  portal: Portal,
  objectType: string,
  { archived }: { readonly archived: boolean },
): Promise<PropertyDefinition[]> {
  await portal.slot('requests');
  const path = `${pathOf(objectType)}${archived ? '?archived=true' : ''}`;
  const { body } = await portal.send({ method: 'GET', path }, 'requests');
  // An answer to `archived=true` need not mark its properties as archived.
  return answer
    .parse(body)
    .results.flatMap((each) => (!archived && each.archived === true ? [] : [definitionOf(each)]));
}

/** The names of an object type's property groups. @throws as {@link listProperties} */
export async function listPropertyGroups(portal: Portal, objectType: string): Promise<string[]> {
  await portal.slot('requests');
  const { body } = await portal.send({ method: 'GET', path: `${pathOf(objectType)}/groups` }, 'requests');
  return groups.parse(body).results.flatMap(({ name, archived }) => (archived === true ? [] : [name]));
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

/** Creates a property. @returns false if the name is taken. @throws as {@link listProperties} */
export async function createProperty(portal: Portal, objectType: string, property: NewProperty): Promise<boolean> {
  return await unlessExists(portal, pathOf(objectType), { ...property, displayOrder: -1 });
}

/**
 * Creates up to a hundred properties in one call. Those that HubSpot refuses are left out: {@link createProperty} says why.
 *
 * @returns the names of the created ones
 * @throws as {@link listProperties}
 */
export async function createProperties(
  portal: Portal,
  objectType: string,
  properties: readonly NewProperty[],
): Promise<string[]> {
  const inputs = properties.map((each) => ({ ...each, displayOrder: -1 }));
  try {
    await portal.slot('requests');
    const request = { method: 'POST', path: `${pathOf(objectType)}/batch/create`, json: { inputs } } as const;
    return created.parse((await portal.send(request, 'requests')).body).results.map(({ name }) => name);
  } catch (error) {
    if (isRejected(error)) return [];
    throw error;
  }
}

async function unlessExists(portal: Portal, path: string, json: unknown): Promise<boolean> {
  try {
    await portal.slot('requests');
    await portal.send({ method: 'POST', path, json }, 'requests');
    return true;
  } catch (error) {
    if (isRejected(error, 'conflict')) return false;
    throw error;
  }
}

function pathOf(objectType: string): string {
  return `/crm/properties/${HUBSPOT_API_VERSION}/${encodeURIComponent(objectType)}`;
}
