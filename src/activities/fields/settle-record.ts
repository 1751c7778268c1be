import type { Crm } from '../../hubspot/crm';
import type { CrmObjects } from '../../hubspot/objects';
import type { Action } from '../../meeting/fields/decide';
import type { Settings } from '../../meeting/settings';
import type { KnownProperties } from '../../planning/fields/candidates-of';
import { decideProperty, IS_CLOSED, WHY, winnerState } from '../../planning/fields/decide-property';
import type { DbPool } from '../../store/database';
import {
  refuseCandidates,
  saveDecisions,
  type DecidedProperty,
  type FieldRecord,
  type WantedRecord,
} from '../../store/fields/candidates';
import { renewFieldClaim } from '../../store/fields/claims';
import {
  digestOf,
  forgetWrites,
  markSending,
  moveWrite,
  readFieldLedger,
  recordAnswers,
  type FieldLedger,
} from '../../store/fields/ledger';
import { applyReviews, suggestValues, withdrawSuggestions } from '../../store/fields/reviews';
import { updateProperties, type PropertyOutcome } from './update-properties';

/** Each round writes what is due after HubSpot refused the values of the round before. */
const MOST_ROUNDS = 4;

/** A decision about a property, and what it was made from. */
interface Decided {
  readonly property: string;
  readonly action: Action;
  readonly present: string | null;
}
interface Write {
  readonly property: string;
  readonly meetingId: string | null;
  readonly value: string;
  readonly before: string | null;
}

/** What the settlement of a record works with. */
export interface SettlementOptions {
  readonly db: DbPool;
  readonly crm: Crm;
  readonly settings: Settings;
  readonly at: FieldRecord & { readonly record: WantedRecord };
  readonly token: string;
  readonly properties: KnownProperties;
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

  /** @returns false if the claim ended before a value was written: another pass has the record */
  async run(): Promise<boolean> {
    const { db, at } = this.#options;
    let ledger = await readFieldLedger(db, at);
    const orphans = ledger.writes.filter((row) => row.meeting_id === null).map((row) => row.property);
    const properties = [...new Set([...this.#mapped.keys(), ...orphans])];
    if (properties.length === 0) return true;
    const objects = this.#objects(properties);
    const record = await objects.read(at.record.id);
    if (record === null) return await this.#gone(ledger, properties);
    const present = new Map(properties.map((property) => [property, record.properties[property] ?? null]));
    const isClosed = this.#options.settings.fieldDeals === 'open' && record.properties[IS_CLOSED] === 'true';
    for (let round = 1; ; round += 1) {
      const decided = properties.map((property) =>
        this.#decide(property, ledger, present.get(property) ?? null, isClosed),
      );
      const writes = decided.flatMap(writeOf);
      // oxlint-disable-next-line no-await-in-loop -- one round, but for values that HubSpot refuses
      const outcomes = await this.#write(objects, writes, ledger);
      if (outcomes === 'claim_lost') return false;
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (outcomes === 'gone') return await this.#gone(ledger, properties);
      for (const each of outcomes) if (each.refusal === null) present.set(each.property, each.value);
      const refused = outcomes.filter(({ refusal }) => refusal !== null);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await this.#record(decided, refused, ledger);
      if (refused.length === 0 || round === MOST_ROUNDS) return true;
      // oxlint-disable-next-line no-await-in-loop -- as above
      ledger = await readFieldLedger(db, at);
    }
  }

  #objects(properties: readonly string[]): CrmObjects {
    const { crm, at } = this.#options;
    const { objectType } = at.record;
    return crm.values(objectType, [...properties, ...(objectType === 'deals' ? [IS_CLOSED] : [])]);
  }

  #decide(property: string, ledger: FieldLedger, present: string | null, isClosed: boolean): Decided {
    const mapping = this.#mapped.get(property) ?? null;
    const definition = this.#definition(property);
    return { property, present, action: decideProperty(property, ledger, { mapping, present, definition, isClosed }) };
  }

  async #write(
    objects: CrmObjects,
    writes: readonly Write[],
    ledger: FieldLedger,
  ): Promise<readonly PropertyOutcome[] | 'claim_lost' | 'gone'> {
    if (writes.length === 0) return [];
    const { db, at, token } = this.#options;
    if (!(await renewFieldClaim(db, token, at.record))) return 'claim_lost';
    await markSending(
      db,
      at,
      writes.map(({ property, meetingId, value, before }) => ({
        property,
        meetingId,
        startedAt: startedAtOf(ledger, property, meetingId),
        before,
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
        refusal,
      })),
    );
    return outcomes;
  }

  async #record(decided: readonly Decided[], refused: readonly PropertyOutcome[], ledger: FieldLedger): Promise<void> {
    const { db, at } = this.#options;
    const sentences = new Map(refused.map((each) => [each.property, each.refusal ?? '']));
    const done = decided.filter(({ property }) => !sentences.has(property));
    await refuseCandidates(
      db,
      at,
      decided.flatMap(({ property, action }) => {
        const why = sentences.get(property);
        return why === undefined || action.do !== 'write' ? [] : [{ property, meetingId: action.meetingId, why }];
      }),
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
    await applyReviews(
      db,
      at,
      done.flatMap(({ property, action }) =>
        action.do === 'write' || action.do === 'adopt' || action.do === 'keep'
          ? [{ property, meetingId: action.meetingId }]
          : [],
      ),
    );
    await this.#suggest(done, ledger);
    await saveDecisions(
      db,
      at,
      done.map(({ property, action, present }) => this.#decidedProperty(property, action, present, ledger)),
    );
  }

  async #suggest(done: readonly Decided[], ledger: FieldLedger): Promise<void> {
    const { db, at } = this.#options;
    const suggestions = done.flatMap(({ property, action, present }) => {
      if (action.do !== 'suggest') return [];
      const { meetingId, value } = action;
      const from = ledger.candidates.find((each) => each.property === property && each.meetingId === meetingId);
      const { field = '', quote = null, startSeconds = null } = from ?? {};
      return [{ property, meetingId, field, present, proposed: value, quote, startSeconds }];
    });
    await suggestValues(db, at, suggestions);
    const suggested = new Set(suggestions.map(({ property }) => property));
    await withdrawSuggestions(
      db,
      at,
      done.flatMap(({ property }) => (suggested.has(property) ? [] : [property])),
    );
  }

  #decidedProperty(property: string, action: Action, present: string | null, ledger: FieldLedger): DecidedProperty {
    if (!('meetingId' in action)) return { property, winner: null };
    const { meetingId } = action;
    const fits = ledger.candidates.find((each) => each.property === property && each.meetingId === meetingId)?.fits;
    const winner = winnerState(action, { present, definition: this.#definition(property), fits: fits ?? null });
    const hasBefore = action.do === 'write' || action.do === 'keep' || action.do === 'suggest';
    return { property, winner: { meetingId, ...winner, ...(hasBefore ? { before: present } : {}) } };
  }

  async #gone(ledger: FieldLedger, properties: readonly string[]): Promise<true> {
    const { db, at } = this.#options;
    await refuseCandidates(
      db,
      at,
      ledger.candidates.map(({ property, meetingId }) => ({ property, meetingId, why: WHY.gone })),
    );
    await forgetWrites(db, at, properties);
    await withdrawSuggestions(db, at, properties);
    return true;
  }

  #definition(property: string) {
    return this.#options.properties.byName.get(property) ?? null;
  }
}

function writeOf({ property, action }: Decided): Write[] {
  if (action.do === 'write') return [{ property, ...action }];
  return action.do === 'putBack' ? [{ property, meetingId: null, value: action.value, before: action.value }] : [];
}

function startedAtOf({ candidates, writes }: FieldLedger, property: string, meetingId: string | null): number {
  const candidate = candidates.find((each) => each.property === property && each.meetingId === meetingId);
  return candidate?.startedAt ?? writes.find((row) => row.property === property)?.started_at.getTime() ?? 0;
}

function isOrphan({ writes }: FieldLedger, property: string): boolean {
  return writes.some((row) => row.property === property && row.meeting_id === null);
}
