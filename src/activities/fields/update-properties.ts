import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import type { Properties } from '../../hubspot/objects';
import type { RecordValues } from '../../planning/fields/record-values';

/** What became of one property. `value`: as HubSpot has it now. `refusal`: HubSpot's sentence if it refused the value. */
export interface PropertyOutcome {
  readonly property: string;
  readonly value: string;
  readonly refusal: string | null;
}

/**
 * Writes properties of a record. A value that HubSpot refuses is left out, and the others are written all the same: those
 * that the refusal names are dropped, and if it names none, each property is tried alone.
 *
 * @returns `gone` if the record does not exist
 * @throws `HubSpotError` that is no refusal; the outcome is then unknown
 */
export async function updateProperties(
  objects: Pick<RecordValues, 'update'>,
  id: string,
  values: Properties,
): Promise<readonly PropertyOutcome[] | 'gone'> {
  const names = Object.keys(values);
  if (names.length === 0) return [];
  try {
    const answer = await objects.update({ id, properties: values });
    if (answer === 'gone') return answer;
    return names.map((property) => ({
      property,
      value: answer.properties[property] ?? values[property] ?? '',
      refusal: null,
    }));
  } catch (error) {
    if (!isRejectedOrForbidden(error)) throw error;
    const rules = new Map(error.refusedProperties.map(({ name, rule }) => [name, rule]));
    const refused = names.flatMap((property): PropertyOutcome[] => {
      const rule = rules.get(property) ?? (names.length === 1 ? error.readableMessage : undefined);
      return rule === undefined ? [] : [{ property, value: values[property] ?? '', refusal: rule }];
    });
    const left = names.filter((name) => refused.every(({ property }) => property !== name));
    const outcomes = [...refused];
    for (const some of refused.length > 0 ? [left] : left.map((name) => [name])) {
      const rest = Object.fromEntries(some.map((name) => [name, values[name] ?? '']));
      // oxlint-disable-next-line no-await-in-loop -- the rest at once, or one by one to find what is refused
      const written = await updateProperties(objects, id, rest);
      if (written === 'gone') return written;
      outcomes.push(...written);
    }
    return outcomes;
  }
}
