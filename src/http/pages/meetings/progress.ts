import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import type { BackfillSummary } from '../../../meeting/backfill';
import type { SyncStatus } from '../../../meeting/status';
import type { RunningReconciliation } from '../../../store/jobs/reconciliations';
import type { UnderWay } from '../../../store/meetings/sync-passes';
import { formatMoment, withLocalTimes } from '../layout/format';
import { STATUS_ORDER, statusWord } from '../layout/status-words';

/** The progress of a long job, as text and as a bar. */
export interface Progress {
  readonly text: string;
  readonly done: number;
  /** 0 when the end is not known. */
  readonly total: number;
}

/** A backfill that is running or has ended. */
export interface BackfillRow extends Progress {
  readonly id: string;
  readonly path: string;
  readonly running: boolean;
  /** What a person should know or do; null for nothing. */
  readonly notice: string | null;
}

type Counts = Readonly<Partial<Record<SyncStatus, number>>>;

/** How many meetings are under way, and how long they will take at the rate of the last minutes; null for none. */
export function progressOf({ meetings, waiting, perMinute }: UnderWay): string | null {
  if (meetings === 0) return null;
  const moving = meetings - waiting;
  if (moving === 0)
    return t('{count, plural, one {# meeting is} other {# meetings are}} waiting for HubSpot.', { count: meetings });
  const syncing =
    perMinute === 0
      ? t('Syncing {count, plural, one {# meeting} other {# meetings}}.', { count: meetings })
      : t('Syncing {count, plural, one {# meeting} other {# meetings}}, about {time} left.', {
          count: meetings,
          time: duration(moving / perMinute),
        });
  if (waiting === 0) return syncing;
  const paused = t('{count, plural, one {# of them waits} other {# of them wait}} for HubSpot.', { count: waiting });
  return `${syncing} ${paused}`;
}

/** The progress of a reconciliation; null when none is running. */
export function reconciliationOf(running: RunningReconciliation | null, { meetings }: UnderWay): Progress | null {
  if (running === null) return null;
  const done = Math.max(0, running.meetings - meetings);
  return {
    text: t('Comparing every meeting with HubSpot: {done, number} of {total, number}.', {
      done,
      total: running.meetings,
    }),
    done,
    total: Math.max(1, running.meetings),
  };
}

/** Path of a backfill's page. */
export function backfillPath({ backfillId }: Pick<BackfillSummary, 'backfillId'>): string {
  return `/backfills/${backfillId}`;
}

/** The progress of a backfill, as text and as a bar. @param timeZone - that of the account */
export function backfillProgress(backfill: BackfillSummary, timeZone: string): BackfillRow {
  const { backfillId, meetings, left, held, faultyLines, finishedAt } = backfill;
  const running = backfill.state === 'running';
  const notices = [
    held === null ? [] : `${withLocalTimes(held.message, timeZone)} ${storedText(held.action)}`,
    invalidLinesWords(faultyLines),
  ].flat();
  return {
    id: `backfill-${backfillId}`,
    path: backfillPath(backfill),
    running,
    text: finishedAt === null ? runningWords(backfill) : endedWords(backfill, formatMoment(finishedAt, timeZone)),
    done: meetings - left,
    total: Math.max(1, meetings),
    notice: notices.length === 0 ? null : notices.join(' '),
  };
}

function runningWords({ meetings, left, paused, held, forecast }: BackfillSummary): string {
  const values = { done: meetings - left, total: meetings };
  if (paused)
    return t('Import: {done, number} of {total, plural, one {# meeting} other {# meetings}}. Paused.', values);
  if (held !== null)
    return t('Import: {done, number} of {total, plural, one {# meeting} other {# meetings}}. Waiting.', values);
  if (forecast === null)
    return t('Import: {done, number} of {total, plural, one {# meeting} other {# meetings}}.', values);
  return t('Import: {done, number} of {total, plural, one {# meeting} other {# meetings}}, about {time} left.', {
    ...values,
    time: duration(left / forecast.meetingsPerMinute),
  });
}

function endedWords({ state, meetings, counts }: BackfillSummary, when: string): string {
  const ended = counts ?? {};
  if (state === 'stopped')
    return t('Import stopped on {when}, after {done, number} of {total, plural, one {# meeting} other {# meetings}}.', {
      when,
      done: sum(ended),
      total: meetings,
    });
  const finished = t('Import finished on {when}: {count, plural, one {# meeting} other {# meetings}}.', {
    when,
    count: meetings,
  });
  return [finished, ...countsInWords(ended)].join(' ');
}

/** `On timeline: 4,980.`, `Skipped: 12.` */
function countsInWords(counts: Counts): string[] {
  return STATUS_ORDER.flatMap((status) => {
    const count = counts[status] ?? 0;
    return count === 0 ? [] : [t('{status}: {count, number}.', { status: statusWord(status, null).word, count })];
  });
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function invalidLinesWords(lines: number): string[] {
  return lines === 0 ? [] : [t('{count, plural, one {# line} other {# lines}} could not be read.', { count: lines })];
}

function duration(minutes: number): string {
  return minutes < 90
    ? t('{count, plural, one {# minute} other {# minutes}}', { count: Math.ceil(minutes) })
    : t('{count, plural, one {# hour} other {# hours}}', { count: Math.ceil(minutes / 60) });
}
