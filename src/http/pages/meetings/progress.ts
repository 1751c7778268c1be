import type { BackfillSummary } from '../../../meeting/backfill';
import type { SyncStatus } from '../../../meeting/status';
import type { RunningReconciliation } from '../../../store/jobs/reconciliations';
import type { UnderWay } from '../../../store/meetings/sync-attempts';
import { formatMoment } from '../layout/format';
import { counted, STATUS_ORDER, STATUSES } from '../layout/status-words';

/** The progress of a long job, as text and as a bar. */
export interface Progress {
  readonly text: string;
  readonly done: number;
  /** At least 1. */
  readonly total: number;
}

/** A backfill that is running or has ended. */
export interface BackfillLine extends Progress {
  readonly id: string;
  readonly path: string;
  readonly running: boolean;
  /** What a person should know or do; null for nothing. */
  readonly notice: string | null;
}

type Counts = Readonly<Partial<Record<SyncStatus, number>>>;

/** How many meetings are under way, and how long they will take at the rate of the last minutes. */
export function progressOf({ meetings, waiting, perMinute }: UnderWay): string | null {
  if (meetings === 0) return null;
  const many = counted(meetings, 'meeting is on its way', 'meetings are on their way');
  const moving = meetings - waiting;
  const held = waiting === 0 ? '' : ` ${waiting.toLocaleString('en')} of them wait for HubSpot.`;
  if (moving === 0 || perMinute === 0) return `${many}.${held}`;
  return `${many}: about ${duration(moving / perMinute)} at the present rate.${held}`;
}

export function reconciliationOf(running: RunningReconciliation | null, { meetings }: UnderWay): Progress | null {
  if (running === null) return null;
  const done = Math.max(0, running.meetings - meetings);
  return {
    text: `Comparing every meeting with HubSpot: ${done.toLocaleString('en')} of ${running.meetings.toLocaleString('en')}.`,
    done,
    total: Math.max(1, running.meetings),
  };
}

/** The progress of a backfill, as text and as a bar. @param timeZone - that of the account */
export function backfillProgress(backfill: BackfillSummary, timeZone: string): BackfillLine {
  const { backfillId, state, meetings, left, counts, forecast, held, faultyLines } = backfill;
  const done = meetings - left;
  const running = state === 'running';
  return {
    id: `backfill-${backfillId}`,
    path: `/backfills/${backfillId}`,
    running,
    text: running ? runningWords() : endedWords(),
    done,
    total: Math.max(1, meetings),
    notice:
      [held === null ? null : `${held.message} ${held.action}`, faultyWords(faultyLines)]
        .filter((part) => part !== null)
        .join(' ') || null,
  };

  function runningWords(): string {
    const how = `Backfill: ${done.toLocaleString('en')} of ${counted(meetings, 'meeting', 'meetings')}`;
    if (held !== null) return `${how}. It waits.`;
    return forecast === null
      ? `${how}.`
      : `${how}, about ${duration(left / forecast.meetingsPerMinute)} more at the present rate.`;
  }

  function endedWords(): string {
    const when = backfill.finishedAt === null ? '' : ` on ${formatMoment(backfill.finishedAt, timeZone)}`;
    const all = counted(meetings, 'meeting', 'meetings');
    const stood = counts ?? {};
    if (state === 'stopped')
      return `The backfill was stopped${when}, after ${sum(stood).toLocaleString('en')} of ${all}.`;
    const told = countsInWords(stood);
    return `The backfill of ${all} finished${when}${told === '' ? '' : `: ${told}`}.`;
  }
}

/** `4,980 synced, 12 skipped`. */
function countsInWords(counts: Counts): string {
  return STATUS_ORDER.map((status) => [status, counts[status] ?? 0] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count.toLocaleString('en')} ${STATUSES[status].word.toLowerCase()}`)
    .join(', ');
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function faultyWords(lines: number): string | null {
  return lines === 0 ? null : `${counted(lines, 'line was', 'lines were')} not taken.`;
}

function duration(minutes: number): string {
  if (minutes < 90) return counted(Math.ceil(minutes), 'minute', 'minutes');
  return counted(Math.ceil(minutes / 60), 'hour', 'hours');
}
