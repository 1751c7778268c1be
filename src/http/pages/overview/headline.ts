import { t } from '../../../languages/text';
import type { Outcomes, Released } from '../../../store/overview/overview-facts';
import type { UnderWay } from '../../../store/meetings/sync-passes';
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
  const parts = [
    ['good', onTimelines],
    ['run', underWay],
    ['bad', needAttention],
    ['busy', notInHubSpot],
  ] as const;
  return {
    sentence:
      total === 0
        ? t('{count, plural, one {# meeting was skipped} other {All # meetings were skipped}}', { count: skipped })
        : sentenceOf(onTimelines, total),
    detail: [
      t('in the last {days, number} days', { days }),
      ...(underWay === 0 ? [] : [t('{count, plural, one {# on its way} other {# on their way}}', { count: underWay })]),
      ...(needAttention === 0
        ? []
        : [t('{count, plural, one {# needs you} other {# need you}}', { count: needAttention })]),
      ...(notInHubSpot === 0 ? [] : [t('{count, number} not in HubSpot', { count: notInHubSpot })]),
      // Settings that skip everything, such as wrong own domains, must not look like success: the sentence says so.
      ...(skipped === 0 || total === 0 ? [] : [t('{count, number} skipped', { count: skipped })]),
      ...(seconds === null ? [] : [t('usually within {duration}', { duration: durationWords(seconds) })]),
    ].join(' · '),
    tone: needAttention > 0 ? 'bad' : underWay > 0 ? 'run' : notInHubSpot > 0 || total === 0 ? 'busy' : 'good',
    parts: parts.flatMap(([tone, number]) => (number === 0 ? [] : [{ tone, percent: (100 * number) / total }])),
  };
}

function sentenceOf(onTimelines: number, total: number): string {
  if (onTimelines === total)
    return t('{count, plural, one {# meeting is} other {All # meetings are}} on HubSpot timelines', { count: total });
  return total === 1
    ? t('1 meeting is not on a HubSpot timeline yet')
    : t('{done, number} of {total, number} meetings are on HubSpot timelines', { done: onTimelines, total });
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
    const need =
      stopped === 0 ? [] : [t('{count, plural, one {# needs you.} other {# need you.}}', { count: stopped })];
    if (released.underWay > 0)
      return {
        text: [
          t(
            '{done, number} of {total, plural, one {# meeting} other {# meetings}} that waited for HubSpot {done, plural, one {is} other {are}} done.',
            { done, total },
          ),
          ...need,
        ].join(' '),
        done: done + stopped,
        total,
      };
    if (total > 0 && underWay.meetings === 0 && minutes < SHOWN_MINUTES)
      return {
        text: [
          t(
            '{count, plural, one {# meeting that waited for HubSpot is done.} other {# meetings that waited for HubSpot are done.}}',
            { count: done },
          ),
          ...need,
        ].join(' '),
        done: total,
        total,
      };
  }
  const text = progressOf(underWay);
  return text === null ? null : { text, done: 0, total: 0 };
}

function durationWords(seconds: number): string {
  if (seconds < 90)
    return t('{count, plural, one {# second} other {# seconds}}', { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 90 * 60)
    return t('{count, plural, one {# minute} other {# minutes}}', { count: Math.round(seconds / 60) });
  return t('{count, plural, one {# hour} other {# hours}}', { count: Math.round(seconds / 3_600) });
}
