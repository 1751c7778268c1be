import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from './names';

/** What a connection to Temporal offers; a worker's is of another class. */
export type NamespaceConnection = Pick<Connection, 'operatorService'>;

/** `temporal.api.enums.v1.IndexedValueType`. */
const TYPES = { KEYWORD: 2, INT: 3 } as const;

/** The search attributes of ours that the namespace lacks: with one missing, Temporal refuses every start. */
export async function missingSearchAttributes(connection: NamespaceConnection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
}

/**
 * Registers the search attributes that the namespace lacks. Two processes may do so at once.
 *
 * @returns those that were registered now
 * @throws what Temporal answers, such as a refusal of this user's permission
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

/** The command that registers them by hand, for people who operate Temporal. */
export function registerCommand(names: readonly string[], namespace: string): string {
  const flags = Object.entries(SEARCH_ATTRIBUTES)
    .filter(([name]) => names.includes(name))
    .map(([name, type]) => ` --name ${name} --type ${type === 'INT' ? 'Int' : 'Keyword'}`);
  return `temporal operator search-attribute create --namespace ${namespace}${flags.join('')}`;
}
