import type { LeftOut } from '../meeting/linking/left-out';
import { recordKey, type RecordRef } from '../meeting/linking/cascade';
import { hostOf, registrableDomain } from '../meeting/people/domains';
import { MATCHED_BY } from '../meeting/people/matching';
import { normaliseEmail } from '../meeting/people/mailboxes';
import type { MeetingPreview } from '../meeting/preview';
import { findDeletedOrMerged } from '../store/mirror/mirror';
import type { MeetingKey } from '../store/meetings/key';
import { previewMeeting, type PreviewDependencies } from './preview';
import { HubSpotReader } from './reader';

/** A record as HubSpot has it now, and what leads meetings to it. */
export interface LookedUpRecord {
  /** `merged`: `id` is the record that it was merged into. */
  readonly state: 'there' | 'merged' | 'gone';
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  /** A contact's addresses, lower case, and a company's registrable domains. */
  readonly emails: readonly string[];
  readonly domains: readonly string[];
  /** Contacts and companies from which the cascade reaches it. */
  readonly reachedFrom: readonly RecordRef[];
}

/**
 * Reads a record from HubSpot, and what leads meetings to it.
 *
 * @throws the gateway's errors: `NotConnectedError`, `HubSpotError`, `BudgetExhaustedError` …
 */
export async function lookUpRecord(
  { db, gateway }: PreviewDependencies,
  workspaceId: string,
  ref: RecordRef,
): Promise<LookedUpRecord> {
  const { crm, portalId } = await gateway.connect(workspaceId);
  const reader = new HubSpotReader(crm, findDeletedOrMerged(db, portalId));
  const record = await reader.record(ref);
  const nothing = { emails: [], domains: [], reachedFrom: [] };
  if (record === null) return { state: 'gone', id: ref.id, properties: {}, ...nothing };
  if (record.id !== ref.id) return { state: 'merged', id: record.id, properties: record.properties, ...nothing };
  const values = (MATCHED_BY[ref.objectType] ?? [])
    .flatMap((name) => (record.properties[name] ?? '').split(';'))
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return {
    state: 'there',
    id: ref.id,
    properties: record.properties,
    emails: ref.objectType === 'contacts' ? values.filter((value) => value.includes('@')).map(normaliseEmail) : [],
    domains:
      ref.objectType === 'companies' ? values.flatMap((value) => registrableDomain(value) ?? hostOf(value) ?? []) : [],
    reachedFrom: await reachedFrom(reader, ref),
  };
}

/** What leads to a record: contacts to their companies, and contacts and companies to everything else. */
async function reachedFrom(reader: HubSpotReader, ref: RecordRef): Promise<RecordRef[]> {
  if (ref.objectType === 'contacts') return [];
  const types = ref.objectType === 'companies' ? ['contacts'] : ['contacts', 'companies'];
  const found = await Promise.all(
    types.map(async (objectType) =>
      ((await reader.associated(ref, objectType)) ?? []).map((id) => ({ objectType, id })),
    ),
  );
  return found.flat();
}

/**
 * Why a sync of the meeting would not link the record now.
 *
 * @param emails - of the record, if it is a contact
 * @returns null if the sync would link it, or for a meeting that has no content
 */
export async function whyNotLinked(
  dependencies: PreviewDependencies,
  key: MeetingKey,
  ref: RecordRef,
  emails: readonly string[],
): Promise<LeftOut | null> {
  const preview = await previewMeeting(dependencies, key);
  return preview === null ? null : leftOutIn(preview, ref, emails);
}

/**
 * Why a previewed sync would not link the record.
 *
 * @param emails - of the record, if it is a contact
 * @returns null if the sync would link it, or if nothing leads to it
 */
export function leftOutIn(
  { links, leftOut }: Pick<MeetingPreview, 'links' | 'leftOut'>,
  ref: RecordRef,
  emails: readonly string[],
): LeftOut | null {
  if (links.some((link) => recordKey(link) === recordKey(ref))) return null;
  return (
    leftOut.find(({ record }) => record !== null && recordKey(record) === recordKey(ref)) ??
    leftOut.find(({ person }) => person?.email !== null && emails.includes(normaliseEmail(person?.email ?? ''))) ??
    null
  );
}
