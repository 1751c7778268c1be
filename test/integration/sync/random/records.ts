import type { Sandbox } from '../../../../sandbox/sandbox';
import type { StandardType } from '../../../support/expected-links';

export const TYPES = ['contacts', 'companies', 'deals'] as const;

/** @throws for types that the random changes leave out */
export function standardType(objectType: string): StandardType {
  const type = TYPES.find((known) => known === objectType);
  if (type === undefined) throw new Error(`${objectType} are not in these tests`);
  return type;
}

/** The record's current id: its own, or that of the record that it was merged into. */
export function presentId(crm: Sandbox['crm'], objectType: string, id: string): string {
  return lastOf((from) => crm.get(objectType, from)?.mergedInto ?? null, id);
}

export function lastOf(next: (id: string) => string | null, id: string): string {
  const into = next(id);
  return into === null ? id : lastOf(next, into);
}

/** A sentence for each missing, surplus or doubled entry. */
export function differences(what: string, expected: readonly string[], actual: readonly string[]): string[] {
  return [
    ...expected.filter((one) => !actual.includes(one)).map((one) => `missing ${what}: ${one}`),
    ...actual.filter((one) => !expected.includes(one)).map((one) => `surplus ${what}: ${one}`),
    ...actual.filter((one, index) => actual.indexOf(one) !== index).map((one) => `doubled ${what}: ${one}`),
  ];
}
