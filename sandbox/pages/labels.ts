import type { SandboxPortal } from '../crm/catalogue';
import type { SandboxObjectType } from '../crm/object-types';
import type { Values } from '../crm/records';
import type { Parts } from '../http/api';

/** The path of a record's page. */
export function href(portalId: number, typeId: string, id: string): string {
  return `/contacts/${portalId}/record/${typeId}/${id}`;
}

/** An object type's plural, as pages show it. */
export function typeLabel(parts: Parts, portal: SandboxPortal, type: SandboxObjectType): string {
  const schema = parts.crm.catalogue.schemas(portal.id).find((each) => each.typeId === type.typeId);
  return schema?.labels.plural ?? type.plural.charAt(0).toUpperCase() + type.plural.slice(1);
}

/** Returns a record's display name. */
export function recordTitle(type: SandboxObjectType, id: string, values: Values): string {
  const named = type.titles.map((name) => values[name] ?? '').filter((value) => value !== '');
  if (named.length > 0) return named.join(' ');
  const email = type.typeId === '0-1' ? (values['email'] ?? '') : '';
  return email === '' ? `${type.singular.charAt(0).toUpperCase()}${type.singular.slice(1)} ${id}` : email;
}

/** A property's value as pages show it: with the names of owners and stages, and times in the account's time zone. */
export function readable(
  parts: Parts,
  portal: SandboxPortal,
  type: SandboxObjectType,
  name: string,
  value: string,
): string {
  const definition = parts.crm.properties.of(portal.id, type).get(name);
  if (value === '') return '';
  if (definition?.external === 'owner') return ownerName(parts, portal, value) ?? value;
  if (definition?.external === 'stage' || definition?.external === 'pipeline') {
    const pipelines = parts.crm.catalogue.pipelines(portal.id, type.typeId);
    const labels = pipelines.flatMap((each) => [each, ...each.stages]);
    return labels.find((each) => each.id === value)?.label ?? value;
  }
  if (definition?.type === 'datetime') return timeText(Date.parse(value), portal);
  return value;
}

/** Null for no owner and for one that the account does not have. */
export function ownerName(parts: Parts, portal: SandboxPortal, ownerId: string | undefined): string | null {
  const owner = ownerId === undefined ? undefined : parts.crm.catalogue.owner(portal.id, ownerId);
  return owner === undefined ? null : `${owner.firstName} ${owner.lastName}`.trim() || owner.email;
}

/** @param at - milliseconds; NaN gives an empty text */
export function timeText(at: number, portal: SandboxPortal): string {
  if (Number.isNaN(at)) return '';
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: portal.timeZone,
  }).format(at);
}
