import { recordKey, type RecordRef } from '../meeting/linking/cascade';
import { presentChoices, type PresentChoices } from '../meeting/linking/choices';
import type { PresentId } from '../meeting/linking/sticky-links';
import type { PlanInput } from './input';
import type { CrmReader } from './reader';

/** Resolves people's links and exclusions for the meeting in the current CRM. Makes no call when there are none. */
export async function currentChoices(
  reader: CrmReader,
  { choices, stored }: Pick<PlanInput, 'choices' | 'stored'>,
): Promise<PresentChoices> {
  const presentId = await presentIds(reader, choices);
  const merged = choices.filter(
    (choice) => choice.choice === 'unlinked' && (presentId(choice) ?? choice.id) !== choice.id,
  );
  const types = new Set(merged.map(({ objectType }) => objectType));
  const unlinked = new Set(choices.filter(({ choice }) => choice === 'unlinked').map(recordKey));
  const links = stored.filter((link) => types.has(link.objectType) && !unlinked.has(recordKey(link)));
  const presentLinkId = await presentIds(reader, links);
  const linked = new Set(
    links.flatMap(({ objectType, id }) => {
      const now = presentLinkId({ objectType, id });
      return now === null ? [] : [recordKey({ objectType, id: now })];
    }),
  );
  return presentChoices(choices, presentId, (record) => linked.has(recordKey(record)));
}

/**
 * Reads the present ids of records, because HubSpot does not say whether a record is deleted, merged or only no longer
 * associated.
 */
export async function presentIds(reader: CrmReader, records: readonly RecordRef[]): Promise<PresentId> {
  const read = await Promise.all(
    records.map(async (record) => [recordKey(record), (await reader.record(record))?.id ?? null] as const),
  );
  const present = new Map(read);
  return (record) => {
    const id = present.get(recordKey(record));
    return id === undefined ? record.id : id;
  };
}
