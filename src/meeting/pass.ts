import type { Roots } from './linking/cascade';
import { removesFromHubSpot, type Skip } from './skips';
import type { SyncReason } from './status';

/** A meeting of a workspace, as every step names it. */
interface PassKey {
  readonly workspaceId: string;
  readonly meetingId: string;
}

/** What a pass is to do, and in which HubSpot account. */
export interface BegunSync {
  /**
   * For a meeting being deleted, the account that has its activities. 0 if it was never synced and no account is
   * connected.
   */
  readonly portalId: number;
  readonly task: 'sync' | 'erase';
  /** Write both activities again although nothing changed here. */
  readonly rewrite: boolean;
  /** Number of rewrites requested so far. The outcome fulfils these, and none that are requested later. */
  readonly rewrites: number;
  /** The settings allow only the first recording of a calendar event to be written, and this is another one. */
  readonly recordedTwice: boolean;
  /**
   * Values of meetings are written to properties. Absent without mappings, and in runs of earlier versions: their passes do
   * not have the step.
   */
  readonly fields?: true;
  /**
   * The meeting has tasks of next steps, or may get some. Absent without them, and in runs of earlier versions: their passes
   * do not have the step.
   */
  readonly tasks?: true;
  /** Start of the pass by the database's clock (`timeOfReading`). Absent in runs of earlier versions. */
  readonly begunAt?: string;
}

export interface ResolvedParticipants {
  readonly roots: Roots;
  /** Set if there is nothing to link to, or the settings exclude the meeting. */
  readonly skip: Skip | null;
  /** HubSpot's search index may not yet know what an event named. Ask again once after this many milliseconds. */
  readonly againInMs?: number;
}

/**
 * Result of a write. `joined`: the summary was put into a calendar meeting. `deleted`: a person deleted the activity in
 * HubSpot, and no one requested it again.
 */
export type Written = 'created' | 'joined' | 'adopted' | 'updated' | 'unchanged' | 'taken_back' | 'none' | 'deleted';

/** How far a pass came. `waiting` and `needs_attention` do not end it. */
export type Outcome =
  | { readonly status: 'synced'; readonly code?: 'deleted_in_hubspot' }
  | ({ readonly status: 'skipped' } & Skip)
  | { readonly status: 'skipped'; readonly code: 'deleted_in_hubspot' }
  | { readonly status: 'skipped'; readonly code: 'cancelled' }
  | { readonly status: 'waiting' | 'needs_attention'; readonly reason: SyncReason };

/** The steps of a pass. A workflow runs them as Temporal activities, a bulk pass runs them directly. */
export interface PassSteps {
  beginSync(key: PassKey): Promise<BegunSync>;
  /** @returns null when the pass has to end here, because another one was requested */
  resolveParticipants(key: PassKey): Promise<ResolvedParticipants | null>;
  expandCascades(input: PassKey & { readonly roots: Roots }): Promise<unknown>;
  writeSummary(input: PassKey & { readonly rewrite: boolean }): Promise<{ readonly written: Written }>;
  writeNotes(input: PassKey & { readonly rewrite: boolean }): Promise<{ readonly written: Written }>;
  writeTasks(input: PassKey & { readonly rewrite: boolean }): Promise<unknown>;
  associate(key: PassKey): Promise<unknown>;
  writeFields(key: PassKey): Promise<unknown>;
  takeBack(key: PassKey): Promise<void>;
  erase(key: PassKey): Promise<void>;
}

/** Follows a pass. */
export interface PassObserver {
  begun(begun: BegunSync): void;
  record(outcome: Outcome): Promise<unknown>;
  erased(): void;
}

/** One pass of a meeting through the steps. Deterministic, because workflows run it. */
export async function runPass(key: PassKey, steps: PassSteps, observer: PassObserver): Promise<void> {
  const begun = await steps.beginSync(key);
  const { task, rewrite, recordedTwice, fields = false, tasks = false } = begun;
  observer.begun(begun);
  if (task === 'erase') {
    await steps.takeBack(key);
    await steps.erase(key);
    return observer.erased();
  }
  if (recordedTwice) {
    await steps.takeBack(key);
    return void (await observer.record({ status: 'skipped', code: 'recorded_twice' }));
  }
  const resolved = await steps.resolveParticipants(key);
  if (resolved === null) return;
  const { roots, skip } = resolved;
  if (skip !== null) {
    // Activities written before stay in HubSpot, linked to no record, until a participant is found again.
    const removes = removesFromHubSpot(skip);
    await (removes ? steps.takeBack(key) : steps.associate(key));
    if (fields && !removes) await steps.writeFields(key);
    return void (await observer.record({ status: 'skipped', ...skip }));
  }
  await steps.expandCascades({ ...key, roots });
  const written = await Promise.all([steps.writeSummary({ ...key, rewrite }), steps.writeNotes({ ...key, rewrite })]);
  if (tasks) await steps.writeTasks({ ...key, rewrite });
  await steps.associate(key);
  if (fields) await steps.writeFields(key);
  await observer.record(outcomeOf(written.map((each) => each.written)));
}

/** The outcome of a pass whose activities were written. @returns `skipped` only if a person deleted both */
export function outcomeOf(written: readonly Written[]): Outcome {
  if (!written.includes('deleted')) return { status: 'synced' };
  // The other activity is still kept up to date.
  return { status: written.some(isInHubSpot) ? 'synced' : 'skipped', code: 'deleted_in_hubspot' };
}

function isInHubSpot(written: Written): boolean {
  return written !== 'deleted' && written !== 'none' && written !== 'taken_back';
}
