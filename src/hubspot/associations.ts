import { z } from 'zod';
import { batcher } from './client/batching';
import {
  batchAnswer,
  completeAnswers,
  errorNaming,
  hubspotId,
  inputRejected,
  inputUnanswered,
  type BatchError,
} from './client/batch-answers';
import { isRejected, type HubSpotError } from './client/errors';
import { unique } from './objects';
import type { Portal } from './client/portal';
import { HUBSPOT_API_VERSION } from './client/transport';

/**
 * Maximum inputs of one batch call ("Associate records"). Creates may have 2,000; a smaller call is easier to repeat.
 */
const MAX = { read: 1_000, create: 1_000, archive: 100, page: 500 };

const other = z.object({ toObjectId: hubspotId });
const paging = z.object({ next: z.object({ after: z.string() }).optional() }).optional();
const associated = batchAnswer(z.object({ from: z.object({ id: hubspotId }), to: z.array(other).default([]), paging }));
/** One record's list. `results` is present even if it is empty. */
const associationList = z.object({ results: z.array(other), paging });

const made = batchAnswer(
  z.object({
    from: z.object({ id: hubspotId }).optional(),
    to: z.object({ id: hubspotId }).optional(),
    fromObjectId: hubspotId.optional(),
    toObjectId: hubspotId.optional(),
  }),
);

interface Page {
  readonly ids: string[];
  readonly after: string | null;
}

export interface Pair {
  readonly fromId: string;
  readonly toId: string;
}

/** HubSpot's answer for one association. A refusal does not stop the others. */
export type Associated = { readonly refused: null } | { readonly refused: string };

/** Reads, makes and removes associations from one object type to another, gathered into batches. */
export class Associations {
  readonly #portal: Portal;
  readonly #from: string;
  readonly #to: string;
  readonly #path: string;
  readonly #page: (input: { id: string; after: string | null }) => Promise<Page>;
  /** Makes the unlabelled association. Making it again is harmless and leaves labels alone. */
  readonly associate: (pair: Pair) => Promise<Associated>;
  /** Removes every association between the two records. */
  readonly dissociate: (pair: Pair) => Promise<Associated>;

  constructor(portal: Portal, from: string, to: string) {
    this.#portal = portal;
    this.#from = from;
    this.#to = to;
    this.#path = `/crm/associations/${HUBSPOT_API_VERSION}/${from}/${to}`;
    const budget = 'associations';
    this.#page = batcher(portal, {
      budget,
      maxBatchSize: MAX.read,
      send: (inputs: readonly { id: string; after: string | null }[]) => this.#read(inputs),
    });
    this.associate = batcher(portal, {
      budget,
      maxBatchSize: MAX.create,
      send: (pairs: readonly Pair[]) => this.#create(pairs),
    });
    this.dissociate = batcher(portal, {
      budget,
      maxBatchSize: MAX.archive,
      send: (pairs: readonly Pair[]) => this.#archive(pairs),
    });
  }

  /** Lists all records of the other type that `id` is associated with, on all pages. Empty if there are none. */
  async of(id: string): Promise<string[]> {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      // oxlint-disable-next-line no-await-in-loop -- each page names the next one
      const page: Page = await this.#page({ id, after });
      ids.push(...page.ids);
      after = page.after;
    } while (after !== null);
    return unique(ids);
  }

  /** Reads only the first page: enough to know the minimum number of associations. */
  firstPage(id: string): Promise<Page> {
    return this.#page({ id, after: null });
  }

  async #read(inputs: readonly { id: string; after: string | null }[]): Promise<(Page | Error)[]> {
    const asked = new Map(inputs.map((input) => [`${input.id}/${input.after ?? ''}`, input]));
    const repeated = new Set(inputs.map((input) => input.id)).size < asked.size;
    // One answer cannot distinguish two pages of the same record.
    if (repeated) return await this.#oneByOne([...inputs], (some) => this.#read(some));
    const json = { inputs: [...asked.values()].map(({ id, after }) => (after === null ? { id } : { id, after })) };
    const { body } = await this.#portal.send(
      { method: 'POST', path: `${this.#path}/batch/read`, json },
      'associations',
    );
    const { results, errors } = associated.parse(body);
    const answerOf = (id: string): Page | Error | null => {
      const result = results.find((candidate) => candidate.from.id === id);
      if (result !== undefined) return pageOf(result.to, result.paging);
      // "None" comes as an error entry, and only that entry means none. Every other error is a failed read.
      const error = errorNaming(errors, id);
      if (error === undefined) return null;
      return saysNone(error) ? { ids: [], after: null } : failedRead(`POST ${this.#path}/batch/read`, error);
    };
    const answers = await completeAnswers([...asked.values()], answerOf, (input) => this.#readAlone(input));
    return inputs.map(({ id }) => answers.get(id) ?? inputUnanswered(`POST ${this.#path}/batch/read`));
  }

  /**
   * Reads a record's own list. A batch read may omit a record without associations; its own list confirms that there
   * are none.
   */
  async #readAlone({ id, after }: { readonly id: string; readonly after: string | null }): Promise<Page | Error> {
    try {
      await this.#portal.slot('requests');
      const path = `/crm/objects/${HUBSPOT_API_VERSION}/${this.#from}/${id}/associations/${this.#to}`;
      const query = { limit: MAX.page, ...(after === null ? {} : { after }) };
      const { body } = await this.#portal.send({ method: 'GET', path, query }, 'requests');
      const list = associationList.parse(body);
      return pageOf(list.results, list.paging);
    } catch (error) {
      if (isRejected(error, 'gone')) return { ids: [], after: null };
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #create(pairs: readonly Pair[]): Promise<(Associated | Error)[]> {
    const distinct = [...new Map(pairs.map((pair) => [keyOf(pair), pair])).values()];
    const json = { inputs: distinct.map(({ fromId, toId }) => ({ from: { id: fromId }, to: { id: toId } })) };
    let answer: z.output<typeof made>;
    try {
      const { body } = await this.#portal.send(
        { method: 'POST', path: `${this.#path}/batch/associate/default`, json },
        'associations',
      );
      answer = made.parse(body);
    } catch (error) {
      if (!isRejected(error) || distinct.length > 1) throw error;
      return pairs.map(() => ({ refused: error.readableMessage }));
    }
    const { results, errors } = answer;
    const done = new Set(
      results.map((result) =>
        keyOf({ fromId: result.from?.id ?? result.fromObjectId ?? '', toId: result.to?.id ?? result.toObjectId ?? '' }),
      ),
    );
    // Some recorded answers have the default association in both directions.
    const isAssociated = (pair: Pair) =>
      done.has(keyOf(pair)) || done.has(keyOf({ fromId: pair.toId, toId: pair.fromId }));
    if (distinct.length === 1) {
      const [pair] = distinct;
      if (pair !== undefined && isAssociated(pair)) return pairs.map(() => ({ refused: null }));
      return pairs.map(() =>
        errors[0] === undefined
          ? inputUnanswered(`POST ${this.#path}/batch/associate/default`)
          : { refused: errors[0].message },
      );
    }
    const open = pairs.filter((pair) => !isAssociated(pair));
    // Errors do not always name their pair, so a pair without an answer is sent alone.
    const alone = await this.#oneByOne(open, (some) => this.#create(some));
    const answers = new Map(open.map((pair, index) => [keyOf(pair), alone[index]]));
    return pairs.map((pair) => answers.get(keyOf(pair)) ?? { refused: null });
  }

  async #archive(pairs: readonly Pair[]): Promise<(Associated | Error)[]> {
    const byFrom = Map.groupBy(pairs, (pair) => pair.fromId);
    const inputs = [...byFrom].map(([id, some]) => ({
      from: { id },
      to: unique(some.map((pair) => pair.toId)).map((to) => ({ id: to })),
    }));
    try {
      await this.#portal.send(
        { method: 'POST', path: `${this.#path}/batch/archive`, json: { inputs } },
        'associations',
      );
    } catch (error) {
      if (!isRejected(error) || pairs.length > 1) throw error;
      return [{ refused: error.readableMessage }];
    }
    return pairs.map(() => ({ refused: null }));
  }

  async #oneByOne<Input, Output>(
    inputs: readonly Input[],
    send: (inputs: readonly Input[]) => Promise<(Output | Error)[]>,
  ): Promise<(Output | Error)[]> {
    return await Promise.all(
      inputs.map(async (input) => {
        try {
          await this.#portal.slot('associations');
          const [answer] = await send([input]);
          return answer ?? inputUnanswered(this.#path);
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      }),
    );
  }
}

function pageOf(others: readonly z.output<typeof other>[], pages: z.output<typeof paging>): Page {
  return { ids: others.map(({ toObjectId }) => toObjectId), after: pages?.next?.after ?? null };
}

/** An id that HubSpot does not accept stays refused. Every other error entry is transient. */
function failedRead(route: string, error: BatchError): HubSpotError {
  return error.category === 'VALIDATION_ERROR' ? inputRejected(route, error) : inputUnanswered(route);
}

function saysNone(error: BatchError): boolean {
  return error.subCategory === 'crm.associations.NO_ASSOCIATIONS_FOUND' || error.category === 'OBJECT_NOT_FOUND';
}

function keyOf({ fromId, toId }: Pair): string {
  return `${fromId}>${toId}`;
}
