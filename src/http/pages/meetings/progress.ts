import type { BackfillSummary } from '../../../meeting/backfill';
import type { SyncStatus } from '../../../meeting/status';
import type { RunningReconciliation } from '../../../store/jobs/reconciliations';
import type { UnderWay } from '../../../store/meetings/sync-passes';
import { formatMoment, withLocalTimes } from '../layout/format';
import { counted, STATUS_ORDER, STATUSES } from '../layout/status-words';

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
  const many = counted(meetings, 'meeting', 'meetings');
  const moving = meetings - waiting;
  if (moving === 0) return `${many} ${meetings === 1 ? 'is' : 'are'} waiting for HubSpot.`;
  const timeLeft = perMinute === 0 ? '' : `, about ${duration(moving / perMinute)} left`;
  const paused = waiting === 0 ? '' : ` ${waiting.toLocaleString('en')} of them wait for HubSpot.`;
  return `Syncing ${many}${timeLeft}.${paused}`;
}

/** The progress of a reconciliation; null when none is running. */
export function reconciliationOf(running: RunningReconciliation | null, { meetings }: UnderWay): Progress | null {
  if (running === null) return null;
  const done = Math.max(0, running.meetings - meetings);
  return {
    text: `Comparing every meeting with HubSpot: ${done.toLocaleString('en')} of ${running.meetings.toLocaleString('en')}.`,
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
  const { backfillId, meetings, left, held, faultyLines } = backfill;
  const running = backfill.state === 'running';
  const notices = [
    held === null ? [] : `${withLocalTimes(held.message, timeZone)} ${held.action}`,
    invalidLinesWords(faultyLines),
  ].flat();
  return {
    id: `backfill-${backfillId}`,
    path: backfillPath(backfill),
    running,
    text: running ? runningWords(backfill) : endedWords(backfill, timeZone),
    done: meetings - left,
    total: Math.max(1, meetings),
    notice: notices.length === 0 ? null : notices.join(' '),
  };
}

function runningWords({ meetings, left, paused, held, forecast }: BackfillSummary): string {
  const how = `Import: ${(meetings - left).toLocaleString('en')} of ${counted(meetings, 'meeting', 'meetings')}`;
  if (paused) return `${how}. Paused.`;
  if (held !== null) return `${how}. Waiting.`;
  return forecast === null ? `${how}.` : `${how}, about ${duration(left / forecast.meetingsPerMinute)} left.`;
}

function endedWords({ state, meetings, finishedAt, counts }: BackfillSummary, timeZone: string): string {
  const when = finishedAt === null ? '' : ` on ${formatMoment(finishedAt, timeZone)}`;
  const all = counted(meetings, 'meeting', 'meetings');
  const ended = counts ?? {};
  if (state === 'stopped') return `Import stopped${when}, after ${sum(ended).toLocaleString('en')} of ${all}.`;
  return [`Import finished${when}: ${all}.`, ...countsInWords(ended)].join(' ');
}

/** `On timeline: 4,980.`, `Skipped: 12.` */
function countsInWords(counts: Counts): string[] {
  return STATUS_ORDER.flatMap((status) => {
    const count = counts[status] ?? 0;
    return count === 0 ? [] : [`${STATUSES[status].word}: ${count.toLocaleString('en')}.`];
  });
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function invalidLinesWords(lines: number): string[] {
  return lines === 0 ? [] : [`${counted(lines, 'line', 'lines')} could not be read.`];
}

function duration(minutes: number): string {
  if (minutes < 90) return counted(Math.ceil(minutes), 'minute', 'minutes');
  return counted(Math.ceil(minutes / 60), 'hour', 'hours');
}
