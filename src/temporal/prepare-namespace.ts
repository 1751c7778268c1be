import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from './names';

/** The part of a connection that clients and workers have in common. */
export type NamespaceConnection = Pick<Connection, 'operatorService'>;

/** `temporal.api.enums.v1.IndexedValueType`. */
const TYPES = { KEYWORD: 2, INT: 3 } as const;

/** Returns our search attributes that the namespace lacks. Temporal rejects every start while one is missing. */
export async function missingSearchAttributes(connection: NamespaceConnection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
}

/**
 * Registers the search attributes that the namespace lacks. Two processes may do this concurrently.
 *
 * @returns the names of the attributes registered by this call
 * @throws Temporal's error, for example a missing permission
 */
export async function registerSearchAttributes(connection: NamespaceConnection, namespace: string): Promise<string[]> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return [];
  const types = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => missing.includes(name));
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(types.map(([name, type]) => [name, TYPES[type]])),
  });
  return missing;
}

/** The command with which an operator of Temporal registers the attributes. */
export function registerCommand(names: readonly string[], namespace: string): string {
  const flags = Object.entries(SEARCH_ATTRIBUTES)
    .filter(([name]) => names.includes(name))
    .map(([name, type]) => ` --name ${name} --type ${type === 'INT' ? 'Int' : 'Keyword'}`);
  return `temporal operator search-attribute create --namespace ${namespace}${flags.join('')}`;
}
