import { associationType } from '../../../src/hubspot/catalogue/association-types';
import { Crm } from '../../../src/hubspot/crm';
import { RefusedValues } from '../../../src/hubspot/extras';
import type { CrmRecord } from '../../../src/hubspot/client/batch-answers';
import type { FailedCall } from '../../../src/hubspot/client/classify-call';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import type { CreateInput } from '../../../src/hubspot/objects';
import type { Attempt } from './steps';

/** HubSpot applies a request within this time, and a caller gives it up after the same time. */
const HUBSPOT_MS = 20_000;
/** Association reads return a new record within this time. */
const LAG_MS = 10_000;

interface ModelRecord extends CrmRecord {
  readonly objectType: string;
  readonly timelines: readonly string[];
  /** When HubSpot has the record. */
  readonly existsFrom: number;
  /** When association reads return the record. */
  readonly showsFrom: number;
  archived: boolean;
}

/** The possible outcomes of a create request. */
const CREATES = ['answered', 'dropped', 'applied late', 'lagging', 'limited', 'refused', 'slow answer'] as const;
/** Number of outcomes that a step can choose from. */
export const CHOICES = CREATES.length;

/** Shared by all models, because the ledger treats them as one account. */
let nextId = 1;

/** The part of HubSpot that the ledger uses, on a virtual clock. */
export class ModelHubSpot {
  readonly #records: ModelRecord[] = [];

  /** Adds a meeting that the calendar sync created long ago. */
  addCalendarMeeting(properties: Record<string, string>): { readonly id: string } {
    const record = { objectType: 'meetings', id: String(nextId++), properties, timelines: [], archived: false };
    this.#records.push({ ...record, existsFrom: 0, showsFrom: 0 });
    return record;
  }

  /** The existing records of one type. */
  live(objectType: string): ModelRecord[] {
    return this.#records.filter((record) => record.objectType === objectType && this.#exists(record));
  }

  /** The account for one attempt: every call is a step of the attempt. */
  crmFor(attempt: Attempt): Crm {
    const broken = () => failed({ noAnswer: 'broken' });
    const reading = <Value>(name: string, effect: () => Value): Promise<Value> =>
      attempt.step(
        name,
        (choice) => {
          if (choice === 1) throw failed({ status: 502, retryAfter: null, body: null });
          return effect();
        },
        { lost: broken },
      );
    const objects = (objectType: string) => ({
      read: (id: string) =>
        reading(`read ${objectType}`, () =>
          objectType === 'contacts' ? contact(id) : (this.live(objectType).find((each) => each.id === id) ?? null),
        ),
      create: async (input: CreateInput) => {
        const answer = await attempt.step(
          `create ${objectType}`,
          (choice) => this.#create(objectType, input, CREATES[choice % CHOICES] ?? 'answered'),
          { lost: broken },
        );
        if (!answer.slow) return answer.record;
        return await attempt.step(
          'answer to a create',
          () => {
            if (Date.now() > answer.record.existsFrom + HUBSPOT_MS) throw broken();
            return answer.record;
          },
          { lost: broken },
        );
      },
      update: ({ id, properties }: { id: string; properties: Record<string, string> }) =>
        reading(`update ${objectType}`, () => {
          const record = this.live(objectType).find((each) => each.id === id);
          if (record === undefined) return 'gone';
          Object.assign(record.properties, properties);
          return record;
        }),
      archive: (id: string) =>
        reading(`archive ${objectType}`, () => {
          for (const record of this.#records) if (record.id === id) record.archived = true;
        }),
    });
    const associations = (from: string, to: string) => {
      const ids = (id: string) =>
        this.live(to)
          .filter((record) => record.timelines.includes(id) && record.showsFrom <= Date.now())
          .map((record) => record.id);
      return {
        firstPage: (id: string) => reading(`timeline ${from}`, () => ({ ids: ids(id), after: null })),
        of: (id: string) => reading(`timeline ${from}`, () => ids(id)),
      };
    };
    const associationTypes: Crm['associationTypes'] = (activity, objectTypes) => {
      const types = objectTypes.map((type) => [type, associationType(activity, type)] as const);
      return Promise.resolve(new Map(types.flatMap(([name, type]) => (type === null ? [] : [[name, type] as const]))));
    };
    const ofEvent = (uid: string) =>
      reading('search meetings', () =>
        this.live('meetings').filter(({ properties }) => properties['hs_i_cal_uid'] === uid),
      );
    const crm: Crm = Object.create(Crm.prototype, {
      calendarMeetings: { value: { ofEvent } },
      objects: { value: objects },
      associations: { value: associations },
      associationTypes: { value: associationTypes },
      refusedValues: { value: new RefusedValues() },
    });
    return crm;
  }

  #create(objectType: string, input: CreateInput, outcome: (typeof CREATES)[number]) {
    if (Date.now() > input.sendBefore) throw failed({ noAnswer: 'not_sent' });
    switch (outcome) {
      case 'dropped':
        throw failed({ noAnswer: 'broken' });
      case 'limited':
        throw failed({ status: 429, retryAfter: '1', body: {} });
      case 'refused':
        if (input.associations.length > 1) throw failed({ status: 400, retryAfter: null, body: {} });
        return { record: this.#apply(objectType, input, 0, 0), slow: false };
      case 'applied late':
        this.#apply(objectType, input, HUBSPOT_MS, 0);
        throw failed({ noAnswer: 'broken' });
      case 'lagging':
        return { record: this.#apply(objectType, input, 0, LAG_MS), slow: false };
      case 'answered':
      case 'slow answer':
        return { record: this.#apply(objectType, input, 0, 0), slow: outcome === 'slow answer' };
    }
  }

  #apply(objectType: string, input: CreateInput, lateMs: number, lagMs: number): ModelRecord {
    const existsFrom = Date.now() + lateMs;
    const record: ModelRecord = {
      objectType,
      id: String(nextId++),
      properties: { ...input.properties },
      timelines: input.associations.map(({ id }) => id),
      existsFrom,
      showsFrom: existsFrom + lagMs,
      archived: false,
    };
    this.#records.push(record);
    return record;
  }

  #exists(record: ModelRecord): boolean {
    return !record.archived && record.existsFrom <= Date.now();
  }
}

function contact(id: string): CrmRecord {
  return { id, properties: {}, archived: false };
}

function failed(failure: FailedCall): HubSpotError {
  return new HubSpotError('POST model', failure);
}
