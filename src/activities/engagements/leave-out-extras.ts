import type { ActivityContent } from '../../hubspot/activities';
import type { Crm } from '../../hubspot/crm';
import { HubSpotError } from '../../hubspot/client/errors';
import { extrasToLeaveOut, type RefusedExtra } from '../../hubspot/extras';
import type { Properties } from '../../hubspot/objects';

/** HubSpot may name one property after the other. */
const MOST_TRIES = 6;

/** A write that went through, and what it went through without. */
export interface WrittenWithout<Result> {
  readonly result: Result;
  readonly leftOut: readonly RefusedExtra[];
}

/**
 * Writes an activity; a nice-to-have property that HubSpot refuses is left out. It is tried again by the next write.
 *
 * @param options - `tryAll`: also what was refused often a moment ago; `wrote`: whether a result means that HubSpot took the
 *   content, and not that there was nothing to do
 * @param write - one write of some content; throws HubSpot's refusal
 * @throws the refusal when leaving out extras does not help
 */
export async function leavingOutExtras<Result>(
  { refusedValues }: Pick<Crm, 'refusedValues'>,
  content: ActivityContent,
  { tryAll, wrote }: { readonly tryAll: boolean; readonly wrote: (result: Result) => boolean },
  write: (content: ActivityContent) => Promise<Result>,
): Promise<WrittenWithout<Result>> {
  const { objectType, properties } = content;
  const known = tryAll ? [] : refusedValues.among(objectType, properties, Date.now());
  const tries: RefusedExtra[][] = [known];
  const tried = new Set<string>();
  for (;;) {
    const leftOut = tries.shift() ?? [];
    tried.add(namesOf(leftOut));
    const sent = without(properties, leftOut);
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next try depends on this one
      const result = await write({ objectType, properties: sent });
      const fresh = leftOut.filter(({ name }) => !known.some((each) => each.name === name));
      refusedValues.learn(objectType, { taken: wrote(result) ? sent : {}, refused: fresh, properties }, Date.now());
      return { result, leftOut };
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error;
      const further = extrasToLeaveOut(sent, error).map((more) => [...leftOut, ...more]);
      tries.unshift(...further.filter((names) => !tried.has(namesOf(names))));
      if (tries.length === 0 || tried.size === MOST_TRIES) throw error;
    }
  }
}

function namesOf(extras: readonly RefusedExtra[]): string {
  return extras
    .map(({ name }) => name)
    .toSorted()
    .join(' ');
}

function without(properties: Properties, leftOut: readonly RefusedExtra[]): Properties {
  const names = new Set(leftOut.map(({ name }) => name));
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.has(name)));
}
