import type { CrmRecord } from './client/batch-answers';
import { fingerprint, LAST_MODIFIED, type Fingerprint } from './fingerprints';
import type { Properties } from './objects';

/** Digests of HubSpot's answer about an activity after our last write. */
export interface Answered {
  /** `hs_lastmodifieddate` of that answer. Null if it had none. */
  readonly modified: string | null;
  readonly values: Readonly<Record<string, Fingerprint>>;
}

/** An activity as HubSpot has it now, and what is known of our last writes. */
export interface EditedQuestion {
  readonly wanted: Properties;
  readonly current: Pick<CrmRecord, 'properties'>;
  /** Null for an activity that an earlier version wrote, and for one whose first answer was lost. */
  readonly answered: Answered | null;
  /** Digests of the texts of a write whose answer was lost, or that never left. Null if there was none. */
  readonly sending: Readonly<Record<string, string>> | null;
  /** When an earlier version last wrote the activity. Null if that is not known. */
  readonly writtenAt: Date | null;
}

/** A digest that no value has. */
const NONE = '';

/** The associations of an activity follow its first write, and HubSpot's clock differs from ours. */
const SAME_WRITE_MS = 120_000;

/**
 * Finds the properties that a person changed in HubSpot since our last write, among those that are to be written.
 *
 * A value is ours if HubSpot still has its answer to our last write, or has exactly what is to be written. What we sent does not count, because HubSpot
 * cleans up bodies. A body that HubSpot only saved again, in other markup with the same looks, is ours too. The same text with other looks is ours as long as HubSpot reports no change since. After a write
 * whose answer was lost, the text that it sent is ours as well. For an activity of an earlier version, only the time of
 * our last write is known. A value is then ours if HubSpot has changed nothing since, or if it equals what is to be
 * written.
 */
export function editedProperties(question: EditedQuestion): string[] {
  return Object.keys(question.wanted).filter((property) => isEdited(property, question));
}

function isEdited(property: string, { wanted, current, answered, sending, writtenAt }: EditedQuestion): boolean {
  const value = current.properties[property] ?? '';
  const now = fingerprint(property, value);
  const ours = answered?.values[property];
  if (now.exact === ours?.exact || now.text === sending?.[property]) return false;
  // HubSpot saved our text again.
  if (ours?.looks !== undefined && now.looks === ours.looks) return false;
  // A person wrote what is about to be written.
  if (value !== '' && now.exact === fingerprint(property, wanted[property]).exact) return false;
  const modified = current.properties[LAST_MODIFIED] ?? null;
  if (ours !== undefined)
    return now.text !== ours.text || modified === null || answered === null || modified !== answered.modified;
  if (saysWhatIsWanted({ wanted, current }, property)) return false;
  // Never written so far, such as an owner that HubSpot had refused.
  if (answered !== null || sending !== null) return sending?.[property] !== undefined || value !== '';
  return !isUnmodifiedSince(modified, writtenAt);
}

/** Whether HubSpot has the text that is to be written, in any markup. */
export function saysWhatIsWanted(
  { wanted, current }: Pick<EditedQuestion, 'wanted' | 'current'>,
  property: string,
): boolean {
  return fingerprint(property, current.properties[property]).text === fingerprint(property, wanted[property]).text;
}

function isUnmodifiedSince(modified: string | null, writtenAt: Date | null): boolean {
  if (modified === null || writtenAt === null) return false;
  const at = /^\d+$/.test(modified) ? Number(modified) : Date.parse(modified);
  return at <= writtenAt.getTime() + SAME_WRITE_MS;
}

/** What is known before a write: HubSpot's current values are ours, except those that a person changed. */
export function answeredBefore(question: EditedQuestion, edited: readonly string[]): Answered {
  const { wanted, current, answered } = question;
  const values = Object.keys(wanted).map((property) => [
    property,
    edited.includes(property)
      ? // Ours again only if a person restores the exact previous value; equal text or an unknown one does not count.
        { exact: answered?.values[property]?.exact ?? NONE, text: NONE }
      : fingerprint(property, current.properties[property]),
  ]);
  return {
    modified: current.properties[LAST_MODIFIED] ?? null,
    values: { ...answered?.values, ...Object.fromEntries(values) },
  };
}

/** What is known after a write, from HubSpot's answer to it. Properties that the answer lacks keep their values. */
export function answeredAfter(before: Answered, written: Properties, answer: Pick<CrmRecord, 'properties'>): Answered {
  const values = Object.keys(written)
    .filter((property) => answer.properties[property] !== undefined)
    .map((property) => [property, fingerprint(property, answer.properties[property])]);
  return {
    modified: answer.properties[LAST_MODIFIED] ?? null,
    values: { ...before.values, ...Object.fromEntries(values) },
  };
}

/** The written properties that an answer does not mention. */
export function unanswered(written: Properties, answer: Pick<CrmRecord, 'properties'>): string[] {
  return Object.keys(written).filter((property) => answer.properties[property] === undefined);
}

/** Digests of the texts that a write sends, to recognise them if its answer is lost. */
export function textsOf(properties: Properties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([property, value]) => [property, fingerprint(property, value).text]),
  );
}
