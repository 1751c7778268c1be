import type { ProcessedMeeting } from '../intake/processed-meeting';
import { masker, mentionMasker, tookPart, type ErasedPerson } from '../people/erased-person';

/**
 * Masks an erased person in the steps that have tasks, as in the meeting, so that steps are still found by their text.
 * Steps that the meeting no longer has are masked by the person's names.
 *
 * @param meeting - `before` and `after` the person was erased
 */
export function stepsWithout(
  person: ErasedPerson,
  { before, after }: { readonly before: ProcessedMeeting; readonly after: ProcessedMeeting },
): { readonly text: (text: string) => string; readonly ownerEmail: (email: string) => string } {
  const masked = new Map(
    before.summary.nextSteps.map((step, index) => [step.text, after.summary.nextSteps[index]?.text ?? step.text]),
  );
  const mask = tookPart(before, person)
    ? masker(person, [before.host])
    : mentionMasker(person, [before.host, ...before.participants]);
  return {
    text: (text) => masked.get(text) ?? mask(text),
    ownerEmail: (email) => (person.emails.includes(email) ? before.host.email : email),
  };
}
