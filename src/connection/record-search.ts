import type { Gateway } from './open-crm';
import { recordUrl } from '../meeting/hubspot-urls';
import { objectTypeId, objectTypeOf } from '../meeting/object-types';
import type { CrmRecord } from '../hubspot/client/batch-answers';
import { mirroredProperties } from '../hubspot/catalogue/mirrored-properties';
import type { RecordRef } from '../meeting/linking/cascade';
import { recordName, stageProperties } from '../meeting/record-names';
import type { PickedPage, PickedRecord } from '../meeting/records';
import { knownObjectTypes, objectTypes, type KnownObjectType } from '../store/mirror/catalogue';
import { findConnection } from '../store/connections/connections';
import { recentLinked, stageLabels } from '../store/mirror/recent-records';
import type { DbPool } from '../store/database';
import { NotConnectedError } from './tokens';

/** A query of the record picker. */
export interface RecordQuery {
  /** `contacts`, `companies`, `deals` or a custom type's `2-…`. */
  readonly objectType: string;
  /** Words, a record id, or the address of a record's page in HubSpot. */
  readonly q: string;
  readonly limit: number;
  /** The value that the previous page returned; null for the first page. */
  readonly after: string | null;
}

/** What is wrong with a query. */
type QueryProblem =
  | { readonly rule: 'other_account'; readonly portalId: number }
  | { readonly rule: 'too_long'; readonly most: number }
  | { readonly rule: 'unknown_type' };

/** The query is invalid. `path` is the parameter, and the message says what is wrong with it. */
export class RecordQueryError extends Error {
  override readonly name = 'RecordQueryError';
  constructor(
    readonly path: 'objectType' | 'q',
    readonly problem: QueryProblem,
  ) {
    super(problemMessage(path, problem));
  }
}

function problemMessage(path: RecordQueryError['path'], problem: QueryProblem): string {
  switch (problem.rule) {
    case 'other_account':
      return `is the address of a record in another HubSpot account (${problem.portalId})`;
    case 'too_long':
      return `must not have more than ${problem.most} characters`;
    case 'unknown_type': {
      const linkable = 'contacts, companies, deals or one of GET /api/v1/crm/object-types';
      return path === 'q' ? `is the address of a record that is not of ${linkable}` : `must be ${linkable}`;
    }
  }
}

/** The same query within this time gets the same answer, because people type faster than they read. */
const ANSWER_KEPT_MS = 5_000;
/** A search for fewer characters would find everything, so recently linked records are listed instead. */
const SHORTEST_SEARCH = 2;
/** HubSpot allows 3,000 characters per request body, and people type no more than a line. */
const LONGEST_SEARCH = 200;

const STANDARD = ['contacts', 'companies', 'deals'];
/** The names in addresses of HubSpot's older record pages. */
const PAGE_NAMES: Readonly<Record<string, string>> = { contact: 'contacts', company: 'companies', deal: 'deals' };

/**
 * Finds records to link by hand, in HubSpot or among recently linked ones. HubSpot allows five searches per second for all
 * apps together, and syncs need them too, so repeated queries share one call.
 */
export class RecordPicker {
  readonly #db: DbPool;
  readonly #gateway: Gateway;
  readonly #answers = new Map<string, { readonly until: number; readonly page: Promise<PickedPage> }>();

  constructor(dependencies: { db: DbPool; gateway: Gateway }) {
    this.#db = dependencies.db;
    this.#gateway = dependencies.gateway;
  }

  /**
   * Returns one page of records.
   *
   * @throws {@link RecordQueryError}, {@link NotConnectedError}; `HubSpotError`, `BudgetExhaustedError` and similar errors
   *   when HubSpot is unavailable
   */
  async searchRecords(workspaceId: string, query: RecordQuery): Promise<PickedPage> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection === null) throw new NotConnectedError('not_connected');
    const portal = { portalId: connection.portal_id, uiDomain: connection.ui_domain };
    const text = query.q.trim();
    const address = recordAt(text);
    if (address !== null && address.portalId !== portal.portalId)
      throw new RecordQueryError('q', { rule: 'other_account', portalId: address.portalId });
    if (text.length > LONGEST_SEARCH && address === null)
      throw new RecordQueryError('q', { rule: 'too_long', most: LONGEST_SEARCH });
    const objectType = address?.objectType ?? query.objectType;
    const type = await this.#typeOf(portal.portalId, objectType, address === null ? 'objectType' : 'q');
    if (text.length < SHORTEST_SEARCH) {
      const recent = await recentLinked(
        this.#db,
        { workspaceId, portalId: portal.portalId, objectType },
        text,
        query.limit,
      );
      return { results: await this.#show(portal, objectType, type, recent), after: null };
    }
    return await this.#shared(
      [workspaceId, portal.portalId, objectType, text.toLowerCase(), query.limit, query.after],
      async () => {
        const { crm } = await this.#gateway.connect(workspaceId);
        const properties = propertiesOf(objectType, type);
        if (address !== null) {
          const record = await crm.objects(objectType, properties).read(address.id);
          return { results: await this.#show(portal, objectType, type, record === null ? [] : [record]), after: null };
        }
        // An id that a person is still typing is rarely found. HubSpot limits error responses, and a batch read of a missing
        // record is not one, while a single read would be a 404.
        const byId =
          /^\d{1,20}$/.test(text) && query.after === null ? crm.objects(objectType, properties).find(text) : null;
        const [found, page] = await Promise.all([
          byId,
          crm.search({ objectType, text, properties, limit: query.limit, after: query.after }),
        ]);
        const others = page.records.filter((record) => record.id !== found?.id);
        const records = found === null ? others : [found, ...others];
        return { results: await this.#show(portal, objectType, type, records), after: page.after };
      },
    );
  }

  /** @param path - the parameter that names the type */
  async #typeOf(portalId: number, objectType: string, path: 'objectType' | 'q'): Promise<KnownObjectType | null> {
    if (STANDARD.includes(objectType)) return null;
    const type = (await objectTypes(this.#db, portalId)).find((known) => known.object_type === objectType);
    if (type !== undefined) return type;
    if (/^2-\d+$/.test(objectType) && (await knownObjectTypes(this.#db, portalId)) === null) return null;
    throw new RecordQueryError(path, { rule: 'unknown_type' });
  }

  #shared(question: readonly unknown[], ask: () => Promise<PickedPage>): Promise<PickedPage> {
    const now = Date.now();
    for (const [key, { until }] of this.#answers) if (until <= now) this.#answers.delete(key);
    const key = JSON.stringify(question);
    const kept = this.#answers.get(key);
    if (kept !== undefined) return kept.page;
    const page = ask();
    this.#answers.set(key, { until: now + ANSWER_KEPT_MS, page });
    // A failure is not kept: callers that share the query share its failure, and the next one asks again.
    page.catch(() => this.#answers.delete(key));
    return page;
  }

  async #show(
    { portalId, uiDomain }: { readonly portalId: number; readonly uiDomain: string },
    objectType: string,
    type: KnownObjectType | null,
    records: readonly Pick<CrmRecord, 'id' | 'properties'>[],
  ): Promise<PickedRecord[]> {
    const at = stageProperties(objectType);
    const stages = at === null || records.length === 0 ? null : await stageLabels(this.#db, portalId, objectType);
    return records.map(({ id, properties }) => {
      const pipeline = at === null ? null : (properties[at.pipeline] ?? null);
      const stage = at === null ? null : (properties[at.stage] ?? null);
      return {
        objectType,
        id,
        name:
          recordName(objectType, properties, type?.primary_property ?? null) ?? `${type?.singular ?? 'Record'} ${id}`,
        detail: stages === null ? ownDetail(objectType, properties) : stages(pipeline, stage),
        url: recordUrl(uiDomain, portalId, objectTypeId(objectType), id),
      };
    });
  }
}

function ownDetail(objectType: string, properties: CrmRecord['properties']): string | null {
  return properties[objectType === 'contacts' ? 'email' : 'domain'] || null;
}

function propertiesOf(objectType: string, type: KnownObjectType | null): readonly string[] {
  return type === null ? mirroredProperties(objectType) : type.properties;
}

/**
 * Parses the address of a record's page in HubSpot: `…/contacts/{portalId}/record/0-1/{id}`, or on older pages
 * `…/contacts/{portalId}/contact/{id}`.
 *
 * @returns null for any other text
 */
export function recordAt(text: string): (RecordRef & { readonly portalId: number }) | null {
  if (!URL.canParse(text)) return null;
  const { pathname } = new URL(text);
  const path =
    /^\/contacts\/(?<portal>\d+)\/(?:record\/(?<type>\d+-\d+)|(?<name>contact|company|deal))\/(?<id>\d{1,20})(?:\/|$)/;
  const { portal, type, name, id } = path.exec(pathname)?.groups ?? {};
  if (portal === undefined || id === undefined) return null;
  const objectType = type === undefined ? PAGE_NAMES[name ?? ''] : objectTypeOf(type);
  return objectType === undefined ? null : { portalId: Number(portal), objectType, id };
}
