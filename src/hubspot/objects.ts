import { batcher } from './client/batching';
import {
  batchAnswer,
  completeAnswers,
  crmRecord,
  errorNaming,
  inputRejected,
  inputUnanswered,
  type CrmRecord,
} from './client/batch-answers';
import { HubSpotError, isRejected } from './client/errors';
import type { Portal } from './client/portal';
import { HUBSPOT_API_VERSION } from './client/transport';

/** HubSpot's limit for every batch operation on objects ("Using object APIs"). */
const MAX_INPUTS = 100;

/** Many meetings ask for the same deleted record within a short time. Each separate answer would be an error. */
const KNOWN_GONE_MS = 60_000;

const records = batchAnswer(crmRecord);

export type Properties = Readonly<Record<string, string>>;

export interface Update {
  readonly id: string;
  readonly properties: Properties;
}

export interface AssociationType {
  readonly category: 'HUBSPOT_DEFINED' | 'USER_DEFINED';
  readonly typeId: number;
}

/**
 * A create that could not leave within this time is not sent: the attempt may be over, and the next one looks for the
 * record first.
 */
export const SEND_WITHIN_MS = 15_000;

/** A record to create, with its associations in the same call. */
export interface CreateInput {
  readonly properties: Properties;
  readonly associations: readonly { readonly id: string; readonly type: AssociationType }[];
  /** Unique in the batch. HubSpot's answer names it. It is a label, not an idempotency key. */
  readonly traceId: string;
  /** Recognises the record by its values, if an answer lacks trace ids. */
  readonly recognise: (record: CrmRecord) => boolean;
  /**
   * `Date.now()` after which the create must not leave any more: the caller has given up and looks for the record by
   * then.
   */
  readonly sendBefore: number;
}

/**
 * The result without a trace id that is surely the input's. Two meetings may have one recording and start: their results
 * look alike, and the wrong one would put a meeting on the timeline of other people. The outcome is then unknown, and the
 * caller looks on the timelines of the records that it named.
 */
function recognisedBy(
  input: CreateInput,
  inputs: readonly CreateInput[],
  results: readonly (CrmRecord & { readonly objectWriteTraceId?: string | undefined })[],
): CrmRecord | undefined {
  const [found, ...more] = results.filter(
    (result) => result.objectWriteTraceId === undefined && input.recognise(result),
  );
  const isShared = found !== undefined && inputs.some((other) => other !== input && other.recognise(found));
  return more.length > 0 || isShared ? undefined : found;
}

/**
 * Reads, creates, updates and archives records of one object type, gathered into batches. Results are matched by id or
 * trace id, never by position, because HubSpot does not keep the order.
 */
export class CrmObjects {
  readonly #portal: Portal;
  readonly #path: string;
  /**
   * Reads of single records that batches did not return. Kept while a read is under way, and for a time if HubSpot does
   * not have the record.
   */
  readonly #askedAlone = new Map<string, Promise<CrmRecord | null | Error>>();
  /** Reads the record under its present id. Null if it is deleted. A merged record is returned under its new id. */
  readonly read: (id: string) => Promise<CrmRecord | null>;
  /** Like `read`, without a separate call for a record that a batch does not return: merged ones are null too. */
  readonly find: (id: string) => Promise<CrmRecord | null>;
  /**
   * Creates a record.
   *
   * @throws `HubSpotError`; after a failure `retry` with `applied: 'unknown'` the record may exist
   */
  readonly create: (input: CreateInput) => Promise<CrmRecord>;
  /** Sets properties. Returns HubSpot's answer about the record, or `gone` if the record is archived or unknown. */
  readonly update: (input: Update) => Promise<CrmRecord | 'gone'>;
  /** Archives a record. Doing it twice is harmless. */
  readonly archive: (id: string) => Promise<void>;

  /** @param properties - those that reads request */
  constructor(portal: Portal, objectType: string, properties: readonly string[]) {
    this.#portal = portal;
    this.#path = `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}`;
    const queue = { budget: 'requests', maxBatchSize: MAX_INPUTS } as const;
    this.read = batcher(portal, { ...queue, send: (ids: readonly string[]) => this.#read(ids, properties) });
    this.find = batcher(portal, { ...queue, send: (ids: readonly string[]) => this.#find(ids, properties) });
    this.create = batcher(portal, { ...queue, send: (inputs: readonly CreateInput[]) => this.#create(inputs) });
    this.update = batcher(portal, { ...queue, send: (inputs: readonly Update[]) => this.#update(inputs) });
    this.archive = batcher(portal, { ...queue, send: (ids: readonly string[]) => this.#archive(ids) });
  }

  async #read(ids: readonly string[], properties: readonly string[]): Promise<(CrmRecord | null | Error)[]> {
    const found = await this.#find(ids, properties);
    return await Promise.all(ids.map(async (id, index) => found[index] ?? (await this.#askAlone(id, properties))));
  }

  /** {@link #readAlone}, shared by all concurrent callers, and not repeated soon for a deleted record. */
  async #askAlone(id: string, properties: readonly string[]): Promise<CrmRecord | null | Error> {
    const known = this.#askedAlone.get(id);
    if (known !== undefined) return await known;
    const asked = this.#readAlone(id, properties);
    this.#askedAlone.set(id, asked);
    const answer = await asked;
    const forget = () => this.#askedAlone.delete(id);
    if (answer === null) setTimeout(forget, KNOWN_GONE_MS).unref();
    else forget();
    return answer;
  }

  async #find(ids: readonly string[], properties: readonly string[]): Promise<(CrmRecord | null)[]> {
    const inputs = unique(ids).map((id) => ({ id }));
    const json = { inputs, properties: [...properties, 'hs_merged_object_ids'], propertiesWithHistory: [] };
    const { results } = await this.#post('batch/read', json).catch((error: unknown) => {
      // For a single record this means that it does not exist.
      if (inputs.length === 1 && isRejected(error, 'gone')) return { results: [] };
      throw error;
    });
    const found = new Map<string, CrmRecord>();
    for (const record of results) {
      for (const mergedId of split(record.properties['hs_merged_object_ids'])) found.set(mergedId, record);
    }
    for (const record of results) found.set(record.id, record);
    return ids.map((id) => found.get(id) ?? null);
  }

  /** A batch read may omit an id that was merged into another record. A single read returns the merged record. */
  async #readAlone(id: string, properties: readonly string[]): Promise<CrmRecord | null | Error> {
    try {
      await this.#portal.slot('requests');
      const request = {
        method: 'GET',
        path: `${this.#path}/${id}`,
        query: { properties: properties.join(',') },
      } as const;
      const { body } = await this.#portal.send(request, 'requests');
      const record = crmRecord.parse(body);
      return record.archived ? null : record;
    } catch (error) {
      if (isRejected(error, 'gone')) return null;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #create(inputs: readonly CreateInput[]): Promise<(CrmRecord | Error)[]> {
    const now = Date.now();
    const onTime = inputs.filter((input) => now <= input.sendBefore);
    const late = new HubSpotError(this.#route('batch/create'), { noAnswer: 'not_sent' });
    if (onTime.length === 0) return inputs.map(() => late);
    const { results, errors } = await this.#post(
      'batch/create',
      {
        inputs: onTime.map(({ properties, associations, traceId }) => ({
          properties,
          associations: associations.map(({ id, type }) => ({
            to: { id },
            types: [{ associationCategory: type.category, associationTypeId: type.typeId }],
          })),
          objectWriteTraceId: traceId,
        })),
      },
      Math.min(...onTime.map((input) => input.sendBefore)),
    );
    return inputs.map((input) => {
      if (!onTime.includes(input)) return late;
      const record =
        results.find((result) => result.objectWriteTraceId === input.traceId) ?? recognisedBy(input, onTime, results);
      if (record !== undefined) return record;
      const error = errorNaming(errors, input.traceId) ?? (inputs.length === 1 ? errors[0] : undefined);
      return error === undefined
        ? inputUnanswered(this.#route('batch/create'))
        : inputRejected(this.#route('batch/create'), error);
    });
  }

  async #update(inputs: readonly Update[]): Promise<(CrmRecord | 'gone' | Error)[]> {
    // HubSpot refuses the whole batch if an id occurs twice, so the last update of an id counts.
    const updates = [...new Map(inputs.map((input) => [input.id, input])).values()];
    const { results, errors } = await this.#post('batch/update', {
      inputs: updates.map(({ id, properties }) => ({ id, properties })),
    });
    const answerOf = (id: string): CrmRecord | 'gone' | Error | null => {
      const updated = results.find((result) => result.id === id);
      if (updated !== undefined) return updated;
      const error = errorNaming(errors, id) ?? (updates.length === 1 ? errors[0] : undefined);
      if (error === undefined) return null;
      const refused = inputRejected(this.#route('batch/update'), error);
      return isRejected(refused, 'gone') ? 'gone' : refused;
    };
    const answers = await completeAnswers(updates, answerOf, (update) => this.#updateAlone(update));
    return inputs.map(({ id }) => answers.get(id) ?? inputUnanswered(this.#route('batch/update')));
  }

  /**
   * A batch update omits merged records from its answer, and perhaps deleted ones. Only a 404 to this call means gone.
   */
  async #updateAlone({ id, properties }: Update): Promise<CrmRecord | 'gone' | Error> {
    try {
      await this.#portal.slot('requests');
      const request = { method: 'PATCH', path: `${this.#path}/${id}`, json: { properties } } as const;
      const { body } = await this.#portal.send(request, 'requests');
      const answered = crmRecord.safeParse(body);
      return answered.success ? answered.data : inputUnanswered(`PATCH ${this.#path}/:id`);
    } catch (error) {
      if (isRejected(error, 'gone')) return 'gone';
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #archive(ids: readonly string[]): Promise<undefined[]> {
    await this.#portal.send(
      { method: 'POST', path: `${this.#path}/batch/archive`, json: { inputs: unique(ids).map((id) => ({ id })) } },
      'requests',
    );
    return ids.map(() => undefined);
  }

  async #post(operation: string, json: unknown, sendBefore?: number) {
    const request = { method: 'POST', path: `${this.#path}/${operation}`, json } as const;
    const { body } = await this.#portal.send(request, 'requests', sendBefore);
    return records.parse(body);
  }

  #route(operation: string): string {
    return `POST ${this.#path}/${operation}`;
  }
}

/** Splits HubSpot's `;`-separated lists. */
export function split(list: string | null | undefined): string[] {
  return (list ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The items without duplicates, in their order. */
export function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
