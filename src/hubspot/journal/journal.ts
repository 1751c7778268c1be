import { z } from 'zod';
import { HubSpotError, isPermanent, isRejected } from '../client/errors';
import { readJournalFile, type JournalEntries } from './journal-events';
import {
  covers,
  forsaken,
  isFor,
  listedSubscription,
  type JournalSubscription,
  type ListedSubscription,
} from './journal-subscriptions';
import { JournalToken } from './journal-token';
import type { HubSpotOAuth } from '../client/oauth';
import {
  HUBSPOT_API_VERSION,
  type HubSpotAnswer,
  type HubSpotRequest,
  type HubSpotTransport,
} from '../client/transport';

const JOURNAL = `/webhooks-journal/journal/${HUBSPOT_API_VERSION}`;
const SUBSCRIPTIONS = `/webhooks-journal/subscriptions/${HUBSPOT_API_VERSION}`;

const pointer = z.object({ url: z.string(), currentOffset: z.string().min(1) });
type Pointer = z.output<typeof pointer>;
const listed = z.object({ results: z.array(listedSubscription).default([]) });
const made = z.object({ id: listedSubscription.shape.id.optional() });

/** One file of the journal. */
export interface JournalFile extends JournalEntries {
  /** The position of this file. Passed back to HubSpot, it returns the next file. */
  readonly offset: string;
}

/**
 * HubSpot's webhooks journal: a feed of files over three days that an app pulls. It has the events that webhooks do not
 * push to a marketplace app. The journal belongs to the app, not to an account: a token of the app opens it, and its
 * calls count against no account's limits. Source: "Webhooks journal and management APIs" and webhooksJournal.2026-03.
 * Comments below mark what they leave open.
 */
export class Journal {
  readonly #transport: HubSpotTransport;
  readonly #token: JournalToken;

  constructor(dependencies: { transport: HubSpotTransport; oauth: Pick<HubSpotOAuth, 'appToken'> }) {
    this.#transport = dependencies.transport;
    this.#token = new JournalToken(dependencies.oauth);
  }

  /**
   * Reads the file after the one at `cursor`, or the earliest one. Null if there is none yet.
   *
   * The latest file is requested first. HubSpot's answer for the file after the latest is documented in two ways, 204
   * and 404, and an expired cursor is a 404, too. Reading then starts again with the earliest file.
   *
   * @throws `HubSpotError`
   */
  async next(cursor: string | null): Promise<JournalFile | null> {
    if (cursor === null) return await this.#file(await this.#end('earliest'));
    const latest = await this.#end('latest');
    if (latest === null || latest.currentOffset === cursor) return null;
    try {
      return await this.#file(await this.#pointer(`offset/${encodeURIComponent(cursor)}/next`));
    } catch (error) {
      if (!isRejected(error)) throw error;
      return await this.#file(await this.#end('earliest'));
    }
  }

  /**
   * Creates the wanted subscriptions, and ends those that are no longer wanted. Takes one call if nothing changes.
   *
   * @param portalIds - accounts that are connected here; the app's other subscriptions belong to others
   * @returns HubSpot's messages about the subscriptions that it refused
   * @throws `HubSpotError` if the app has no access to the journal, or HubSpot cannot answer now
   */
  async subscribe(wanted: readonly JournalSubscription[], portalIds: readonly number[]): Promise<string[]> {
    const { body } = await this.#send({ method: 'GET', path: SUBSCRIPTIONS });
    const current = listed.parse(body).results;
    const refusals: string[] = [];
    // Sequential: the journal accepts 50 a second, for all accounts together.
    for (const one of wanted.filter((each) => !current.some((subscription) => covers(each, subscription)))) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await this.#subscribe(one, current);
      } catch (error) {
        if (!isPermanent(error)) throw error;
        refusals.push(error.rawMessage);
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    for (const each of forsaken(current, wanted, portalIds)) await this.#unsubscribe(each.id);
    return [...new Set(refusals)];
  }

  /** "Create or update a subscription". If HubSpot creates a second one all the same, the first is ended. */
  async #subscribe(wanted: JournalSubscription, current: readonly ListedSubscription[]): Promise<void> {
    const old = current.filter((subscription) => isFor(wanted, subscription)).map(({ id }) => id);
    const end = async (ids: readonly string[]) => await Promise.all(ids.map((id) => this.#unsubscribe(id)));
    const id = await this.#post(wanted);
    if (id === 'conflict') {
      if (old.length === 0) return;
      await end(old);
      await this.#post(wanted);
    } else if (id !== null) await end(old.filter((each) => each !== id));
  }

  /**
   * @returns its id, if HubSpot returns it; `conflict` if there is one already, as one public reader of the journal
   *   handles it
   */
  async #post(wanted: JournalSubscription): Promise<string | null> {
    const send = async (json: object) => {
      const { body } = await this.#send({ method: 'POST', path: SUBSCRIPTIONS, json });
      return made.parse(body ?? {}).id ?? null;
    };
    try {
      return await send(wanted);
    } catch (error) {
      if (!isPermanent(error)) throw error;
      if (isRejected(error, 'conflict')) return 'conflict';
      if (!isRejected(error, 'invalid') || !('portalId' in wanted)) throw error;
      // The guide calls `objectIds` optional, the specification does not. Not sent at first, because an empty list may
      // mean none.
      return await send({ ...wanted, objectIds: [] });
    }
  }

  async #unsubscribe(id: string): Promise<void> {
    try {
      await this.#send({ method: 'DELETE', path: `${SUBSCRIPTIONS}/${encodeURIComponent(id)}` });
    } catch (error) {
      if (!isPermanent(error)) throw error;
    }
  }

  async #file(found: Pointer | null): Promise<JournalFile | null> {
    if (found === null) return null;
    const body = await this.#transport.download(found.url, '/webhooks-journal/file');
    return { offset: found.currentOffset, ...readJournalFile(body) };
  }

  /** Null while the journal is empty. */
  async #end(which: 'earliest' | 'latest'): Promise<Pointer | null> {
    try {
      return await this.#pointer(which);
    } catch (error) {
      if (!isRejected(error)) throw error;
      return null;
    }
  }

  async #pointer(which: string): Promise<Pointer | null> {
    const { body } = await this.#send({ method: 'GET', path: `${JOURNAL}/${which}` });
    return body === null ? null : pointer.parse(body);
  }

  async #send(request: HubSpotRequest): Promise<HubSpotAnswer> {
    const accessToken = await this.#token.current();
    try {
      return await this.#transport.send({ ...request, accessToken });
    } catch (error) {
      if (!(error instanceof HubSpotError) || !(await this.#token.replaceAfter(error))) throw error;
      return await this.#transport.send({ ...request, accessToken: await this.#token.current() });
    }
  }
}
