import type { FieldPolicy } from './mapping';
import { isSameValue, type PropertyType } from './property';

/** A value of a meeting for one property of one record. */
export interface Candidate {
  readonly meetingId: string;
  /** When the meeting began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** As HubSpot takes it; null if the value does not fit, or the meeting has none. */
  readonly fits: string | null;
  /** For the policy `review`: what a person decided about this very value. */
  readonly decision: Decision | null;
}

/**
 * `value`: what the person accepted, who may have edited the suggestion. `seen`: HubSpot's value that the person saw.
 * `isApplied`: it was written since.
 */
export type Decision =
  | {
      readonly is: 'accepted';
      readonly value: string;
      readonly seen: string | null;
      readonly isApplied: boolean;
    }
  | { readonly is: 'refused' };

/** What was written to a property of a record, or may have been. */
export interface Written {
  /** The meeting whose value it is; null once that meeting is deleted or no longer linked. */
  readonly meetingId: string | null;
  readonly startedAt: number;
  /** Whether HubSpot's present value is the one of our last write, or of a write whose answer was lost. */
  readonly isPresent: boolean;
  /** What HubSpot had before our first write. */
  readonly before: string | null;
}

/** What to do with a property of a record. `meetingId`: the meeting whose value wins. */
export type Action =
  | { readonly do: 'write'; readonly meetingId: string; readonly value: string; readonly before: string | null }
  /** HubSpot has our value already. */
  | { readonly do: 'adopt'; readonly meetingId: string }
  /** HubSpot has another value, or the same one that is not ours. */
  | { readonly do: 'keep'; readonly meetingId: string }
  | { readonly do: 'suggest'; readonly meetingId: string; readonly value: string }
  /** HubSpot has another value than the person saw who accepted the suggestion: that person decides again. */
  | { readonly do: 'reopen'; readonly meetingId: string }
  | { readonly do: 'refusedByPerson'; readonly meetingId: string }
  /** The deal is closed. */
  | { readonly do: 'closed'; readonly meetingId: string }
  /** No meeting's value is due any more: put back the value from before. */
  | { readonly do: 'putBack'; readonly value: string }
  /** As `putBack`, but HubSpot has another value by now. */
  | { readonly do: 'forget' }
  /** No meeting has a value, or HubSpot has a newer one whose meeting's content is no longer here. */
  | { readonly do: 'nothing' };

export interface FieldQuestion {
  readonly candidates: readonly Candidate[];
  /** Null if the settings no longer map the property. */
  readonly policy: FieldPolicy | null;
  /** HubSpot's value, read just before. */
  readonly present: string | null;
  readonly written: Written | null;
  readonly definition: PropertyType | null;
  /** The record is a deal that takes no values because it is closed. */
  readonly isClosed: boolean;
}

type Winner = Candidate & { readonly fits: string };

/** The newest value that fits; of meetings that began at the same time, that of the first id. One that does not fit counts as none. */
export function winnerOf(candidates: readonly Candidate[]): Winner | null {
  const fitting = candidates.flatMap((each) => (each.fits === null ? [] : [{ ...each, fits: each.fits }]));
  const order = (one: Winner, other: Winner) =>
    other.startedAt - one.startedAt || (one.meetingId < other.meetingId ? -1 : 1);
  return fitting.toSorted(order)[0] ?? null;
}

/** Decides what to do with a property of a record. */
export function decideField(question: FieldQuestion): Action {
  const { candidates, policy, written, isClosed } = question;
  const winner = policy === null ? null : winnerOf(candidates);
  if (policy === null || winner === null) return withoutWinner(question);
  if (written !== null && written.startedAt > winner.startedAt && isOfExpiredContent(question))
    return { do: 'nothing' };
  if (isClosed) return onClosedDeal(question, winner);
  if (policy !== 'review') return decideValue(question, policy, { meetingId: winner.meetingId, value: winner.fits });
  const accepted = winnerOf(
    candidates.map((each) => ({ ...each, fits: each.decision?.is === 'accepted' ? each.decision.value : null })),
  );
  if (accepted?.decision?.is === 'accepted') {
    const due = { meetingId: accepted.meetingId, value: accepted.fits };
    // What a person accepted replaces what that person saw, once. Afterwards it counts as ours.
    if (!accepted.decision.isApplied)
      return isUnseen(question, accepted.decision)
        ? { do: 'reopen', meetingId: accepted.meetingId }
        : decideValue(question, 'always', due);
    if (accepted.meetingId === winner.meetingId) return decideValue(question, 'ours', due);
  }
  if (isOrphan(written)) return withoutWinner(question);
  if (winner.decision?.is === 'refused') return { do: 'refusedByPerson', meetingId: winner.meetingId };
  return isSameValue(question.definition, question.present, winner.fits)
    ? { do: written?.isPresent === true ? 'adopt' : 'keep', meetingId: winner.meetingId }
    : { do: 'suggest', meetingId: winner.meetingId, value: winner.fits };
}

function isUnseen(
  { present, written, definition }: FieldQuestion,
  { seen, value }: { readonly seen: string | null; readonly value: string },
): boolean {
  return written?.isPresent !== true && ![seen, value].some((each) => isSameValue(definition, present, each));
}

function decideValue(
  { present, written, definition }: FieldQuestion,
  policy: Exclude<FieldPolicy, 'review'>,
  { meetingId, value }: { readonly meetingId: string; readonly value: string },
): Action {
  const isOurs = written?.isPresent === true;
  if (isSameValue(definition, present, value)) return { do: isOurs ? 'adopt' : 'keep', meetingId };
  const isEmpty = (present ?? '') === '';
  // With `if_empty`, the value of another meeting stays as a person's does, until that meeting is deleted.
  const isReplaceable = isOurs && (policy === 'ours' || isOrphan(written) || written.meetingId === meetingId);
  if (!isEmpty && policy !== 'always' && !isReplaceable) return { do: 'keep', meetingId };
  return { do: 'write', meetingId, value, before: isOurs ? written.before : present };
}

function withoutWinner(question: FieldQuestion): Action {
  const { policy, written, present, definition } = question;
  if (written === null || isOfExpiredContent(question)) return { do: 'nothing' };
  if (policy === null && !isOrphan(written)) return { do: 'nothing' };
  if (!written.isPresent || isSameValue(definition, present, written.before)) return { do: 'forget' };
  return { do: 'putBack', value: written.before ?? '' };
}

function onClosedDeal(question: FieldQuestion, winner: Winner): Action {
  const { written } = question;
  if (isOrphan(written)) return withoutWinner(question);
  const isWritten = written?.isPresent === true && written.meetingId === winner.meetingId;
  return { do: isWritten ? 'adopt' : 'closed', meetingId: winner.meetingId };
}

function isOrphan(written: Written | null): boolean {
  return written !== null && written.meetingId === null;
}

/** The meeting's content was deleted here by age. Its value stays in HubSpot, and no older meeting replaces it. */
function isOfExpiredContent({ written, candidates }: FieldQuestion): boolean {
  if (written === null || written.meetingId === null) return false;
  return candidates.every((each) => each.meetingId !== written.meetingId);
}
