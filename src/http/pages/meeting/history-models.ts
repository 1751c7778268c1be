import type { TemporalUi } from '../../../store/meetings/status-documents';
import type { SyncPass, SyncStep } from '../../../store/meetings/sync-passes';
import { workflowUrl } from '../../../temporal/names';
import { httpLink, withLocalTimes } from '../layout/format';
import { counted, STATUSES, timeOf, type StatusWord, type Time } from '../layout/status-words';

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
  beginSync: 'Open the HubSpot connection',
  resolveParticipants: 'Find the participants in HubSpot',
  expandCascades: 'Follow contacts to companies and deals',
  writeSummary: 'Meeting Summary',
  writeNotes: 'Smart Category Notes',
  associate: 'Update the associations',
  takeBack: 'Remove both activities from HubSpot',
};

/** Results of steps that mean nothing to people. */
const HIDDEN = new Set(['portalId', 'task', 'rewrite']);
const WORDS: Readonly<Record<string, string>> = { taken_back: 'removed', none: 'nothing to write' };

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
  if (outcome !== null) return STATUSES[outcome];
  return latest ? { word: 'Running', tone: 'busy' } : { word: 'Interrupted', tone: 'off' };
}

function stepLine(step: SyncStep): StepLine {
  return {
    name: STEPS[step.activity] ?? step.activity,
    result: [
      step.done === null ? 'failed' : resultWords(step.done),
      duration(step.endedAt.getTime() - step.startedAt.getTime()),
      ...(step.tries > 1 ? [counted(step.tries, 'try', 'tries')] : []),
    ].join(' · '),
    failure: step.failure,
    requests: step.requests.map(({ method, route, inputs, status, ms, said: error, correlationId }) => ({
      method,
      route,
      inputs: inputs === null ? '' : counted(inputs, 'input', 'inputs'),
      answer: `${status === null ? 'no answer' : String(status)} · ${ms.toLocaleString('en')} ms`,
      error,
      correlationId,
    })),
    unlisted: step.requestsLeftOut,
  };
}

/** `created`, `5 links`, `2 added, 1 removed`; "done" when a step has no result to show. */
function resultWords(done: NonNullable<SyncStep['done']>): string {
  const words = Object.entries(done).flatMap(([name, value]) => {
    if (HIDDEN.has(name) || value === 0 || value === false || value === true) return [];
    const word = name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
    return typeof value === 'number' ? [`${value.toLocaleString('en')} ${word}`] : [WORDS[value] ?? value];
  });
  return words.length === 0 ? 'done' : words.join(', ');
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, ms).toLocaleString('en')} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toLocaleString('en', { maximumFractionDigits: 1 })} s`;
  return counted(Math.round(ms / 60_000), 'minute', 'minutes');
}
