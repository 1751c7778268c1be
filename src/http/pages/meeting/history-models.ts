import { storedText } from '../../../languages/stored-text';
import { message, numberText, t } from '../../../languages/text';
import type { Written } from '../../../meeting/pass';
import type { TemporalUi } from '../../../store/meetings/status-documents';
import type { SyncPass, SyncStep } from '../../../store/meetings/sync-passes';
import { workflowUrl } from '../../../temporal/names';
import { httpLink, withLocalTimes } from '../layout/format';
import { statusWord, timeOf, type StatusWord, type Time } from '../layout/status-words';

/** A pass of the sync. */
export interface PassLine {
  readonly started: Time;
  /** How long the pass took; null while it is running. */
  readonly took: string | null;
  readonly outcome: StatusWord;
  readonly reason: string | null;
  readonly steps: readonly StepLine[];
  /** The run in Temporal's UI. */
  readonly url: string | null;
  readonly runId: string;
}

interface StepLine {
  readonly name: string;
  /** The result, the duration and the number of attempts. */
  readonly result: string;
  readonly failure: string | null;
  readonly requests: readonly RequestLine[];
  /** How many further requests are not listed. */
  readonly unlisted: number;
}

interface RequestLine {
  readonly method: string;
  readonly route: string;
  readonly inputs: string;
  readonly answer: string;
  /** HubSpot's error message; null when the request succeeded. */
  readonly error: string | null;
  readonly correlationId: string | null;
}

/** Names of the steps, as in Temporal's UI. */
const STEPS: Readonly<Record<string, string>> = {
  beginSync: message('Open the HubSpot connection'),
  resolveParticipants: message('Find the participants in HubSpot'),
  expandCascades: message('Follow contacts to companies and deals'),
  writeSummary: message('Meeting Summary'),
  writeNotes: message('Smart Category Notes'),
  associate: message('Update the associations'),
  writeTasks: message('Write tasks for next steps'),
  writeFields: message('Write values into properties'),
  takeBack: message('Remove both activities from HubSpot'),
};

/** The numbers in results that mean something to people. */
const COUNTS: Readonly<Record<string, string>> = {
  links: message('{count, plural, one {# link} other {# links}}'),
  added: message('{count, number} added'),
  removed: message('{count, number} removed'),
  refused: message('{count, number} refused'),
  records: message('{count, plural, one {# record} other {# records}}'),
  tasks: message('{count, plural, one {# task} other {# tasks}}'),
};

const WRITTEN: Readonly<Record<Written, string>> = {
  created: message('created'),
  joined: message('joined'),
  adopted: message('adopted'),
  updated: message('updated'),
  unchanged: message('unchanged'),
  taken_back: message('removed'),
  none: message('nothing to write'),
  deleted: message('deleted'),
};

/** The passes of a meeting for its page, the latest first. */
export function historyOf(
  passes: readonly SyncPass[],
  { workflowId, ui, timeZone }: { readonly workflowId: string; readonly ui: TemporalUi; readonly timeZone: string },
): PassLine[] {
  return passes.map((pass, index) => ({
    started: timeOf(pass.startedAt, timeZone),
    took: pass.endedAt === null ? null : duration(pass.endedAt.getTime() - pass.startedAt.getTime()),
    outcome: outcomeOf(pass, index === 0),
    reason: pass.reason && withLocalTimes(pass.reason.message, timeZone),
    steps: pass.steps.map(stepLine),
    url: httpLink(workflowUrl(ui.temporalUiUrl, ui.namespace, pass.workflowId ?? workflowId, pass.runId)),
    runId: pass.runId,
  }));
}

function outcomeOf({ outcome }: SyncPass, latest: boolean): StatusWord {
  if (outcome !== null) return statusWord(outcome, null);
  return latest ? { word: t('Running'), tone: 'busy' } : { word: t('Interrupted'), tone: 'off' };
}

function stepLine(step: SyncStep): StepLine {
  const name = STEPS[step.activity];
  return {
    name: name === undefined ? step.activity : t(name),
    result: [
      step.done === null ? t('failed') : resultWords(step.done),
      duration(step.endedAt.getTime() - step.startedAt.getTime()),
      ...(step.tries > 1 ? [t('{count, plural, one {# try} other {# tries}}', { count: step.tries })] : []),
    ].join(' · '),
    failure: step.failure && storedText(step.failure),
    requests: step.requests.map(({ method, route, inputs, status, ms, said: error, correlationId }) => ({
      method,
      route,
      inputs: inputs === null ? '' : t('{count, plural, one {# input} other {# inputs}}', { count: inputs }),
      answer: `${status === null ? t('no answer') : String(status)} · ${t('{count, number} ms', { count: ms })}`,
      error,
      correlationId,
    })),
    unlisted: step.requestsLeftOut,
  };
}

/** `created`, `5 links`, `2 added, 1 removed`; "done" when a step has no result to show. */
function resultWords(done: NonNullable<SyncStep['done']>): string {
  const words = Object.entries(done).flatMap(([name, value]) => {
    const count = COUNTS[name];
    if (typeof value === 'number') return count === undefined || value === 0 ? [] : [t(count, { count: value })];
    return typeof value === 'string' && isWritten(value) ? [t(WRITTEN[value])] : [];
  });
  return words.length === 0 ? t('done') : words.join(', ');
}

function isWritten(value: string): value is Written {
  return Object.hasOwn(WRITTEN, value);
}

function duration(ms: number): string {
  if (ms < 1_000) return t('{count, number} ms', { count: Math.max(0, ms) });
  if (ms < 120_000) return t('{seconds} s', { seconds: numberText(ms / 1_000, { maximumFractionDigits: 1 }) });
  return t('{count, plural, one {# minute} other {# minutes}}', { count: Math.round(ms / 60_000) });
}
