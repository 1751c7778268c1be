import { READ_BY_THIS_PASS, type ConnectedCrm } from '../../connection/open-crm';
import { taskActivity, type ActivityContent } from '../../hubspot/activities';
import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import { textsOf } from '../../hubspot/edited-properties';
import type { RefusedExtra } from '../../hubspot/extras';
import { planSteps } from '../../meeting/tasks/planned-steps';
import { isTaskKind, type KnownTask, type MatchedStep } from '../../meeting/tasks/steps';
import { extraWarning, taskWarning, WARNING_STEP } from '../../meeting/warnings/pass-warnings';
import { listEngagements, type EngagementRow } from '../../store/engagements/ledger';
import { openRestore } from '../../store/engagements/restores';
import {
  forgetStepTasks,
  isSinceTasks,
  listStepTasks,
  saveStepTasks,
  type TaskKey,
} from '../../store/engagements/tasks';
import type { AccountMeeting, MeetingKey } from '../../store/meetings/key';
import { savePassWarnings } from '../../store/meetings/warnings';
import { dueTask } from '../../planning/tasks/due-task';
import { loadMeeting, type ActivityDependencies, type LoadedMeeting } from '../dependencies';
import { writeOne, type WriteAttempt } from '../engagements/write-one';
import { taskStays, updateTask } from './update-task';

/** One pass over the tasks of one meeting. */
interface TaskPass {
  readonly dependencies: ActivityDependencies;
  readonly connected: ConnectedCrm;
  readonly key: AccountMeeting;
  readonly loaded: LoadedMeeting;
  readonly rewrite: boolean;
  /** The properties that HubSpot refused, and its refusals by the step's position. */
  readonly dropped: Map<string, RefusedExtra>;
  readonly refused: Map<number, string>;
}

/**
 * Brings the tasks of a meeting's next steps to their current content, each exactly once, by the same ledger as the two
 * activities. HubSpot's refusal of a task never costs the meeting: it becomes a warning.
 */
export function writeTasks(dependencies: ActivityDependencies) {
  return async ({
    rewrite,
    ...meetingKey
  }: MeetingKey & { readonly rewrite: boolean }): Promise<{ readonly tasks: number }> => {
    const { db, gateway } = dependencies;
    const connected = await gateway.connect(meetingKey.workspaceId, READ_BY_THIS_PASS);
    const key = { ...meetingKey, portalId: connected.portalId };
    const loaded = await loadMeeting(dependencies, meetingKey);
    const pass = { dependencies, connected, key, loaded, rewrite, dropped: new Map(), refused: new Map() };
    const ledger = (await listEngagements(db, key, key.portalId)).filter(({ kind }) => isTaskKind(kind));
    const { steps, dropped } = await dueSteps(pass, ledger);
    const attempts = [
      ...(await attemptsOf(pass, steps)),
      ...dropped.map((task) => attemptOf(pass, { ...key, kind: task.kind }, null)),
    ];
    const failures = await writeAll(pass, attempts, ledger);
    await saveWarnings(pass);
    if (failures.length > 0) throw failures[0];
    await forgetStepTasks(
      db,
      key,
      dropped.map(({ kind }) => kind),
    );
    return { tasks: steps.length };
  };
}

/** `refuse`: notes that HubSpot refused the task. */
type TaskAttempt = WriteAttempt & { readonly refuse: (message: string) => void };

/** A step that has a task, or gets one. */
type DueStep = MatchedStep<KnownTask>;

/**
 * The steps with a task in the ledger, and those that get one: the settings want it, and the meeting came in since they do,
 * or a person asked for the sync.
 */
async function dueSteps(
  { dependencies: { db }, key, loaded: { meeting, settings, postedAt }, rewrite }: TaskPass,
  ledger: readonly EngagementRow[],
): Promise<{ readonly steps: readonly DueStep[]; readonly dropped: readonly Pick<KnownTask, 'kind'>[] }> {
  const makesNew = settings.createTasks !== 'off' && (rewrite || (await isSinceTasks(db, key.workspaceId, postedAt)));
  const known = await listStepTasks(db, key);
  const { steps, dropped } = planSteps({ meeting, settings, known, makesNew, kinds: ledger.map(({ kind }) => kind) });
  return { steps: steps.filter(({ without }) => without === null), dropped };
}

async function attemptsOf(pass: TaskPass, steps: readonly DueStep[]): Promise<TaskAttempt[]> {
  const { dependencies, connected, key, loaded } = pass;
  const due = await Promise.all(steps.map((step) => dueTask(dependencies, connected, loaded, step)));
  await saveStepTasks(
    dependencies.db,
    key,
    due.map(({ stored }) => stored),
  );
  return due.map(({ stored: { kind, position }, content }) => attemptOf(pass, { ...key, kind }, { content, position }));
}

function attemptOf(
  { dependencies, connected, loaded: { meeting }, rewrite, dropped, refused }: TaskPass,
  key: TaskKey,
  due: { readonly content: ActivityContent; readonly position: number } | null,
): TaskAttempt {
  const properties = due?.content.properties ?? {};
  const textsOfStep = (text: string) => {
    const { hs_task_subject: subject = '', hs_task_body: body = '' } = taskActivity(meeting, {
      text,
      dueAt: meeting.startedAt,
      ownerId: null,
    }).properties;
    return { hs_task_subject: subject, hs_task_body: body };
  };
  return {
    dependencies,
    connected,
    key,
    meeting,
    identity: {
      recordingUrl: meeting.recordingUrl,
      startedAt: properties['hs_timestamp'] ?? meeting.startedAt,
      ...(due === null ? {} : { sending: textsOf(properties) }),
    },
    content: () => due?.content ?? null,
    rewrite,
    joins: false,
    edits: {
      update: (change) => updateTask(dependencies, connected, key, change),
      stays: (existing) => taskStays(dependencies, connected, key, existing, textsOfStep),
      forget: () => Promise.resolve(),
    },
    report: {
      dropped: (extras) => {
        for (const extra of extras) dropped.set(extra.name, extra);
        return Promise.resolve();
      },
    },
    refuse: (message) => {
      if (due !== null) refused.set(due.position, message);
    },
  };
}

/**
 * Writes all tasks, side by side so that their calls share batches. Those whose create has an unknown outcome are settled
 * first and one after the other: two steps may have one text, and each must find a task of its own.
 *
 * @returns the errors of those that have to be tried again
 */
async function writeAll(
  { dependencies: { db } }: TaskPass,
  attempts: readonly TaskAttempt[],
  ledger: readonly EngagementRow[],
): Promise<unknown[]> {
  const writing = new Set(ledger.filter(({ state }) => state === 'writing').map(({ kind }) => kind));
  const restored = (await openRestore(db)) !== null;
  const isSought = ({ key }: WriteAttempt) => restored || writing.has(key.kind);
  const failures: unknown[] = [];
  const write = async (attempt: TaskAttempt) => {
    try {
      await writeOne(attempt);
    } catch (error) {
      if (isRejectedOrForbidden(error)) attempt.refuse(error.readableMessage);
      else failures.push(error);
    }
  };
  // oxlint-disable-next-line no-await-in-loop -- see above
  for (const attempt of attempts.filter(isSought)) await write(attempt);
  await Promise.all(attempts.filter((attempt) => !isSought(attempt)).map(write));
  return failures;
}

async function saveWarnings({ dependencies: { db }, key, loaded, dropped, refused }: TaskPass): Promise<void> {
  const warnings = [
    ...[...refused].toSorted(([a], [b]) => a - b).map(([index, message]) => taskWarning(index, message)),
    ...[...dropped.values()].map((extra) => extraWarning('tasks', extra)),
  ];
  await savePassWarnings(db, key, WARNING_STEP.tasks, warnings, loaded.warnings);
}
