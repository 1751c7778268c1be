import { z } from 'zod';
import { LEFT_OUT_RULES, type LeftOut } from '../../../meeting/linking/left-out';
import { outsideOrNull, outsideText } from '../outside-text';
import { record, SHORT, showRecord, type RecordWords } from '../shown';

/** A record or person that is not linked, and why. */
export const leftOut = z.object({
  rule: z.enum(LEFT_OUT_RULES),
  message: z.string(),
  record: record.nullable(),
  from: record.nullable().meta({ description: 'The record that would have led to it' }),
  person: z.object({ name: outsideText.nullable(), email: outsideText.nullable() }).nullable(),
});

export function showLeftOut(
  { rule, message, record: ref, from, person }: LeftOut,
  words: RecordWords,
): z.input<typeof leftOut> {
  return {
    rule,
    message,
    record: ref && showRecord(ref, words),
    from: from && showRecord(from, words),
    person: person && { name: outsideOrNull(person.name, SHORT), email: outsideOrNull(person.email, SHORT) },
  };
}
