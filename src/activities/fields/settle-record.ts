import type { Action } from '../../meeting/fields/decide';
import { REVIEW_REASONS } from '../../meeting/fields/review';
import type { Settings } from '../../meeting/settings';
import {
  decideProperty,
  waitsForNewer,
  winnerState,
  type DueMeeting,
  type PropertyFacts,
} from '../../planning/fields/decide-property';
import { isClosedDeal, recordValues, type RecordValues } from '../../planning/fields/record-values';
import { meetingsDue, refuseCandidates, type DecidedProperty } from '../../store/fields/candidates';
import { renewFieldClaim } from '../../store/fields/claims';
import {
  digestOf,
  forgetWrites,
  markSending,
  moveWrite,
  readFieldLedger,
  recordAnswers,
  type ReviewedLedger,
} from '../../store/fields/ledger';
import { applyReviews, endReviews } from '../../store/fields/reviews';
import { survivorOf } from '../../store/mirror/mirror';
import { settleReviews } from './settle-reviews';
import type { Decided, SettlementOptions } from './settlement';
import { updateProperties, type PropertyOutcome } from './update-properties';

/**
 * Each round writes what is due after HubSpot refused the values of the round before. After so many, the claim ends, so that
 * the passes that wait for the record have a turn. What is left is due for them and for the next claim.
 */
const MOST_ROUNDS = 4;

interface Write {
  readonly property: string;
  readonly meetingId: string | null;
  readonly value: string;
  readonly before: string | null;
  readonly present: string | null;
}

/** Brings the properties of one claimed record to the values that are due. */
export class RecordSettlement {
  readonly #options: SettlementOptions;
  readonly #mapped: ReadonlyMap<string, Settings['fieldMappings'][number]>;

  constructor(options: SettlementOptions) {
    this.#options = options;
    const mappings = options.settings.fieldMappings.filter(
      ({ objectType }) => objectType === options.at.record.objectType,
    );
    this.#mapped = new Map(mappings.map((mapping) => [mapping.property, mapping]));
  }

  /**
   * @returns false if values are still due: the claim ended, or HubSpot refused the values of many meetings. `merged`: HubSpot
   *   merged the record into the one of this id, which has its values now
   */
  async run(): Promise<boolean | { readonly merged: string }> {
    const { db, at } = this.#options;
    const isOnce = [...this.#mapped.values()].some(({ policy }) => policy === 'if_empty');
    // Before the ledger: a meeting whose pass ends in between is in the ledger then.
    const due = isOnce ? await meetingsDue(db, at) : [];
    let ledger = await readFieldLedger(db, at);
    const orphans = ledger.writes.filter((row) => row.meeting_id === null).map((row) => row.property);
    const properties = [...new Set([...this.#mapped.keys(), ...orphans])];
    if (properties.length === 0) return true;
    const objects = recordValues(this.#options.crm, at.record.objectType, properties);
    const record = await objects.read(at.record.id);
    if (record === null) return await this.#gone(ledger, properties);
    if (record.id !== at.record.id) return { merged: record.id };
    const present = new Map(properties.map((property) => [property, record.properties[property] ?? null]));
    const isClosed = isClosedDeal(record, this.#options.settings);
    for (let round = 1; ; round += 1) {
      const decided = properties.map((property) =>
        this.#decide(property, ledger, { present: present.get(property) ?? null, isClosed, due }),
      );
      const writes = decided.flatMap(writeOf);
      // oxlint-disable-next-line no-await-in-loop -- one round, but for values that HubSpot refuses or people accepted
      const outcomes = await this.#write(objects, writes, ledger);
      if (outcomes === 'claim_lost') return false;
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (outcomes === 'gone') return await this.#gone(ledger, properties);
      for (const each of outcomes) if (each.refusal === null) present.set(each.property, each.value);
      const refused = outcomes.filter(({ refusal }) => refusal !== null);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const isDone = await this.#record(decided, refused, ledger);
      if (isDone || round === MOST_ROUNDS) return isDone;
      // oxlint-disable-next-line no-await-in-loop -- as above
      ledger = await readFieldLedger(db, at);
    }
  }

  #decide(
    property: string,
    ledger: ReviewedLedger,
    { present, isClosed, due }: Pick<PropertyFacts, 'present' | 'isClosed'> & { readonly due: readonly DueMeeting[] },
  ): Decided {
    const mapping = this.#mapped.get(property) ?? null;
    const definition = this.#definition(property);
    const action = decideProperty(property, ledger, { mapping, present, definition, isClosed });
    return { property, present, action: waitsForNewer(action, ledger, { mapping, due }) ? { do: 'nothing' } : action };
  }

  async #write(
    objects: RecordValues,
    writes: readonly Write[],
    ledger: ReviewedLedger,
  ): Promise<readonly PropertyOutcome[] | 'claim_lost' | 'gone'> {
    if (writes.length === 0) return [];
    const { db, at, token } = this.#options;
    if (!(await renewFieldClaim(db, at, token))) return 'claim_lost';
    await markSending(
      db,
      at,
      writes.map(({ property, meetingId, value, before, present }) => ({
        property,
        label: this.#definition(property)?.label ?? null,
        meetingId,
        startedAt: startedAtOf(ledger, property, meetingId),
        before,
        present,
        ourDigest: this.#ourDigest(ledger, property, present),
        digest: digestOf(this.#definition(property), value),
      })),
    );
    const values = Object.fromEntries(writes.map(({ property, value }) => [property, value]));
    const outcomes = await updateProperties(objects, at.record.id, values);
    if (outcomes === 'gone') return outcomes;
    await recordAnswers(
      db,
      at,
      outcomes.map(({ property, value, refusal }) => ({
        property,
        digest: digestOf(this.#definition(property), value),
        isRefused: refusal !== null,
      })),
    );
    return outcomes;
  }

  /** @returns false if a property has to be decided again */
  async #record(
    decided: readonly Decided[],
    refused: readonly PropertyOutcome[],
    ledger: ReviewedLedger,
  ): Promise<boolean> {
    const { db, at } = this.#options;
    const sentences = new Map(refused.map((each) => [each.property, each.refusal ?? '']));
    const done = decided.filter(({ property }) => !sentences.has(property));
    const refusals = decided.flatMap(({ property, action }) => {
      const why = sentences.get(property);
      return why === undefined || action.do !== 'write' ? [] : [{ property, meetingId: action.meetingId, why }];
    });
    await refuseCandidates(db, at, refusals);
    await endReviews(
      db,
      at,
      refusals.filter((each) => isPending(ledger, each)).map(({ why, ...each }) => ({ ...each, reason: why })),
    );
    for (const { property, action, present } of done) {
      if (action.do !== 'adopt') continue;
      const digest = digestOf(this.#definition(property), present);
      const startedAt = startedAtOf(ledger, property, action.meetingId);
      // oxlint-disable-next-line no-await-in-loop -- a few properties
      await moveWrite(db, at, { property, meetingId: action.meetingId, startedAt, digest });
    }
    await forgetWrites(
      db,
      at,
      decided.flatMap(({ property, action }) =>
        // HubSpot may refuse to take the old value back, too: there is nothing more to do about it.
        action.do === 'forget' || action.do === 'putBack' || (action.do === 'keep' && isOrphan(ledger, property))
          ? [property]
          : [],
      ),
    );
    const acting = done.flatMap(({ property, action }) =>
      action.do === 'write' || action.do === 'adopt' || action.do === 'keep'
        ? [{ property, meetingId: action.meetingId }]
        : [],
    );
    const applied = acting.filter((each) => isPending(ledger, each));
    await applyReviews(db, at, applied);
    // A newer meeting may suggest its value after an older one's was accepted and written, or was put back.
    const withdrawn = decided.filter((each) => isWithdrawn(each, ledger)).map(({ property }) => property);
    const unsettled = new Set([...applied.map(({ property }) => property), ...withdrawn]);
    const settled = done.filter(({ property }) => !unsettled.has(property));
    const decisions = done
      .filter(({ property }) => !withdrawn.includes(property))
      .map(({ property, action, present }) => this.#decidedProperty(property, action, present, ledger));
    const reviewed = await settleReviews(this.#options, settled, ledger, decisions);
    return refused.length === 0 && unsettled.size === 0 && reviewed;
  }

  #decidedProperty(property: string, action: Action, present: string | null, ledger: ReviewedLedger): DecidedProperty {
    if (!('meetingId' in action)) return { property, winner: null };
    const { meetingId } = action;
    const candidate = ledger.candidates.find((each) => each.property === property && each.meetingId === meetingId);
    const fits = (candidate?.decision?.is === 'accepted' ? candidate.decision.value : candidate?.fits) ?? null;
    const winner = winnerState(action, { present, definition: this.#definition(property), fits });
    const row = ledger.writes.find((each) => each.property === property);
    // HubSpot has this value from another meeting already.
    const isTakenOver = action.do === 'adopt' && row?.meeting_id !== meetingId;
    const hasBefore = isTakenOver || action.do === 'keep' || action.do === 'suggest';
    return { property, winner: { meetingId, ...winner, ...(hasBefore ? { before: present } : {}) } };
  }

  /** HubSpot answers reads of a merged record with the one that it became, or not at all. The mirror may know that one. */
  async #gone(ledger: ReviewedLedger, properties: readonly string[]): Promise<true | { readonly merged: string }> {
    const { db, at } = this.#options;
    const merged = await survivorOf(db, at.portalId, at.record);
    if (merged !== null) return { merged };
    await refuseCandidates(
      db,
      at,
      ledger.candidates.map(({ property, meetingId }) => ({ property, meetingId, why: REVIEW_REASONS.gone })),
    );
    await forgetWrites(db, at, properties);
    await endReviews(
      db,
      at,
      ledger.pendingReviews.map((each) => ({ ...each, reason: REVIEW_REASONS.gone })),
    );
    return true;
  }

  /** The value whose answer was lost stays known as ours if the next write is not applied. */
  #ourDigest({ writes }: ReviewedLedger, property: string, present: string | null): string | null {
    const row = writes.find((each) => each.property === property);
    const digest = digestOf(this.#definition(property), present);
    return digest === row?.written_digest || digest === row?.sending_digest ? digest : null;
  }

  #definition(property: string) {
    return this.#options.properties.byName.get(property) ?? null;
  }
}

function writeOf({ property, action, present }: Decided): Write[] {
  if (action.do === 'write') return [{ property, present, ...action }];
  return action.do === 'putBack'
    ? [{ property, present, meetingId: null, value: action.value, before: action.value }]
    : [];
}

function startedAtOf({ candidates, writes }: ReviewedLedger, property: string, meetingId: string | null): number {
  const candidate = candidates.find((each) => each.property === property && each.meetingId === meetingId);
  return candidate?.startedAt ?? writes.find((row) => row.property === property)?.started_at.getTime() ?? 0;
}

function isPending(
  { pendingReviews }: ReviewedLedger,
  { property, meetingId }: { readonly property: string; readonly meetingId: string },
): boolean {
  return pendingReviews.some((each) => each.isAccepted && each.property === property && each.meetingId === meetingId);
}

/** Whether a value lost its meeting, and the value of another one is decided next. */
function isWithdrawn({ property, action }: Decided, { candidates }: ReviewedLedger): boolean {
  const isOver = action.do === 'putBack' || action.do === 'forget';
  return isOver && candidates.some((each) => each.property === property && each.fits !== null);
}

function isOrphan({ writes }: ReviewedLedger, property: string): boolean {
  return writes.some((row) => row.property === property && row.meeting_id === null);
}
