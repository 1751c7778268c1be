import type { ActivityContent } from '../../hubspot/activities';
import type { Crm } from '../../hubspot/crm';
import { HubSpotError } from '../../hubspot/client/errors';
import { extrasToDrop, type RefusedExtra } from '../../hubspot/extras';
import type { Properties } from '../../hubspot/objects';

/** HubSpot may name the refused properties one at a time. */
const MOST_TRIES = 6;

/** A successful write, and the extras that were dropped from it. */
export interface WrittenWithout<Result> {
  readonly result: Result;
  readonly dropped: readonly RefusedExtra[];
}

/**
 * Writes an activity without the optional properties that HubSpot refuses. The next write tries them again.
 *
 * @param options - `tryAll`: also try values that were refused often a moment ago; `wrote`: whether a result means that
 *   HubSpot accepted the content, and not that there was nothing to do
 * @param write - writes the given content once; throws HubSpot's refusal
 * @throws the refusal if dropping extras does not help
 */
export async function droppingExtras<Result>(
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
    const dropped = tries.shift() ?? [];
    tried.add(namesOf(dropped));
    const sent = without(properties, dropped);
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next try depends on this one
      const result = await write({ objectType, properties: sent });
      const fresh = dropped.filter(({ name }) => !known.some((each) => each.name === name));
      refusedValues.learn(objectType, { taken: wrote(result) ? sent : {}, refused: fresh, properties }, Date.now());
      return { result, dropped };
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error;
      const further = extrasToDrop(sent, error).map((more) => [...dropped, ...more]);
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

function without(properties: Properties, dropped: readonly RefusedExtra[]): Properties {
  const names = new Set(dropped.map(({ name }) => name));
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.has(name)));
}
