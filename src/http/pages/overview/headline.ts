import type { Outcomes, Released } from '../../../store/overview/overview-facts';
import type { UnderWay } from '../../../store/meetings/sync-passes';
import { counted } from '../layout/status-words';
import { progressOf, type Progress } from '../meetings/progress';

/** The answer to "is everything in HubSpot?". */
export interface Headline {
  readonly sentence: string;
  readonly detail: string;
  /** The most urgent of its parts. */
  readonly tone: 'good' | 'run' | 'bad' | 'busy';
  readonly parts: readonly { readonly tone: 'good' | 'run' | 'bad' | 'busy'; readonly percent: number }[];
}

/**
 * One sentence with the share of meetings on timelines, and the median time. Meetings that the settings skip belong to
 * no timeline, so they are named and not counted.
 *
 * @param days - the period of the counts
 * @returns null without any meeting
 */
export function headlineOf(outcomes: Outcomes, days: number, seconds: number | null): Headline | null {
  const { onTimelines, underWay, needAttention, notInHubSpot, skipped } = outcomes;
  const total = onTimelines + underWay + needAttention + notInHubSpot;
  if (total + skipped === 0) return null;
  const count = (number: number) => number.toLocaleString('en');
  const parts = [
    ['good', onTimelines],
    ['run', underWay],
    ['bad', needAttention],
    ['busy', notInHubSpot],
  ] as const;
  return {
    sentence: total === 0 ? allSkipped(skipped) : sentenceOf(onTimelines, total),
    detail: [
      `in the last ${days} days`,
      ...(underWay === 0 ? [] : [`${count(underWay)} on ${underWay === 1 ? 'its' : 'their'} way`]),
      ...(needAttention === 0 ? [] : [`${count(needAttention)} ${needAttention === 1 ? 'needs' : 'need'} you`]),
      ...(notInHubSpot === 0 ? [] : [`${count(notInHubSpot)} not in HubSpot`]),
      ...(skipped === 0 || total === 0 ? [] : [`${count(skipped)} skipped`]),
      ...(seconds === null ? [] : [`usually within ${durationWords(seconds)}`]),
    ].join(' · '),
    tone: needAttention > 0 ? 'bad' : underWay > 0 ? 'run' : notInHubSpot > 0 || total === 0 ? 'busy' : 'good',
    parts: parts.flatMap(([tone, number]) => (number === 0 ? [] : [{ tone, percent: (100 * number) / total }])),
  };
}

/** Settings that skip everything, such as wrong own domains, must not look like success. */
function allSkipped(skipped: number): string {
  return skipped === 1 ? '1 meeting was skipped' : `All ${counted(skipped, 'meeting', 'meetings')} were skipped`;
}

function sentenceOf(onTimelines: number, total: number): string {
  if (total === 1)
    return onTimelines === 1 ? '1 meeting is on HubSpot timelines' : '1 meeting is not on a HubSpot timeline yet';
  const all = counted(total, 'meeting', 'meetings');
  return onTimelines === total
    ? `All ${all} are on HubSpot timelines`
    : `${onTimelines.toLocaleString('en')} of ${all} are on HubSpot timelines`;
}

/** For so long after Connect, the page counts the meetings that waited for HubSpot. */
export const COUNTED_MINUTES = 60;
/** For so long after Connect, the page shows the final count. */
const SHOWN_MINUTES = 10;

/**
 * What runs now, as text and as a bar; null for nothing. Shortly after Connect, the meetings that waited are counted as
 * they arrive: `12 of 49`.
 *
 * @param released - the meetings that waited until `connectedAt`; null when no one connected lately
 */
export function runningNow(
  underWay: UnderWay,
  { connectedAt, released }: { readonly connectedAt: Date | null; readonly released: Released | null },
  now = new Date(),
): Progress | null {
  const minutes = connectedAt === null ? Infinity : (now.getTime() - connectedAt.getTime()) / 60_000;
  if (released !== null && minutes < COUNTED_MINUTES) {
    const { done, stopped } = released;
    const total = done + released.underWay + stopped;
    const need = stopped === 0 ? '' : ` ${counted(stopped, 'needs', 'need')} you.`;
    if (released.underWay > 0)
      return {
        text: `${done.toLocaleString('en')} of ${counted(total, 'meeting', 'meetings')} that waited for HubSpot ${done === 1 ? 'is' : 'are'} done.${need}`,
        done: done + stopped,
        total,
      };
    if (total > 0 && underWay.meetings === 0 && minutes < SHOWN_MINUTES)
      return {
        text: `${counted(done, 'meeting', 'meetings')} that waited for HubSpot ${done === 1 ? 'is' : 'are'} done.${need}`,
        done: total,
        total,
      };
  }
  const text = progressOf(underWay);
  return text === null ? null : { text, done: 0, total: 0 };
}

function durationWords(seconds: number): string {
  if (seconds < 90) return counted(Math.max(1, Math.round(seconds)), 'second', 'seconds');
  if (seconds < 90 * 60) return counted(Math.round(seconds / 60), 'minute', 'minutes');
  return counted(Math.round(seconds / 3_600), 'hour', 'hours');
}
