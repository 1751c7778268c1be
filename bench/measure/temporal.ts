import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Figure } from '../figures';

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** What runs of workflows cost on Temporal. */
export interface TemporalCosts {
  readonly events: number;
  /** Billable actions of Temporal Cloud, without its surcharge for fairness. */
  readonly actions: number;
  readonly bytes: number;
}

/** How often a worker sends the heartbeats of one activity (src/worker.ts). They cost actions and leave no events. */
const HEARTBEAT_MS = 3_000;

/** Adds up all runs of some workflow types in the client's namespace. */
export async function temporalCosts({ workflow }: Client, types: readonly string[]): Promise<TemporalCosts> {
  const total = { events: 0, actions: 0, bytes: 0 };
  const query = types.map((type) => `WorkflowType = "${type}"`).join(' OR ');
  for await (const { workflowId, runId } of workflow.list({ query })) {
    const handle = workflow.getHandle(workflowId, runId);
    const [{ events }, { historySize }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    total.events += events?.length ?? 0;
    total.actions += billableActions(events ?? []);
    total.bytes += historySize ?? 0;
  }
  return total;
}

/** Counts the billable actions of one run ("Temporal Cloud Actions", docs.temporal.io/evaluate/cloud/actions). */
export function billableActions(events: readonly HistoryEvent[]): number {
  let actions = 0;
  const startedMs = new Map<string, number>();
  // Results of local activities, and patches: all of one workflow task are one action.
  const tasksWithMarkers = new Set<string>();
  for (const [index, event] of events.entries()) {
    const started = event.activityTaskStartedEventAttributes;
    const completed = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
    if (event.workflowExecutionStartedEventAttributes) actions += 1;
    // A signal-with-start is one action.
    else if (event.workflowExecutionSignaledEventAttributes) actions += index === 1 ? 0 : 1;
    else if (event.activityTaskScheduledEventAttributes || event.timerStartedEventAttributes) actions += 1;
    else if (event.upsertWorkflowSearchAttributesEventAttributes) actions += isOfVersions(event) ? 0 : 1;
    else if (event.markerRecordedEventAttributes)
      tasksWithMarkers.add(String(event.markerRecordedEventAttributes.workflowTaskCompletedEventId));
    else if (started) {
      actions += (started.attempt ?? 1) - 1;
      startedMs.set(String(event.eventId), msOf(event));
    } else if (completed) {
      const ms = msOf(event) - (startedMs.get(String(completed.startedEventId)) ?? msOf(event));
      actions += Math.floor(ms / HEARTBEAT_MS);
    }
  }
  return actions + tasksWithMarkers.size;
}

/** Temporal's own attribute for patches is free. */
function isOfVersions({ upsertWorkflowSearchAttributesEventAttributes: attributes }: HistoryEvent): boolean {
  const names = Object.keys(attributes?.searchAttributes?.indexedFields ?? {});
  return names.length === 1 && names[0] === 'TemporalChangeVersion';
}

function msOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
}

/** @param name - `a live meeting` */
export function temporalFigures(id: string, name: string, costs: TemporalCosts, meetings: number): Figure[] {
  return [
    { id: `${id}.events`, name: `Temporal's history events, ${name}`, value: costs.events / meetings, unit: 'events' },
    {
      id: `${id}.actions`,
      name: `Temporal's billable actions, ${name}`,
      value: costs.actions / meetings,
      unit: 'actions',
    },
    { id: `${id}.bytes`, name: `Temporal's history, ${name}`, value: costs.bytes / meetings / 1_000, unit: 'kB' },
  ];
}
