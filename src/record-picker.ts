import type { Kysely } from 'kysely';
import type { Gateway } from './gateway';
import { recordUrl } from './hubspot/account';
import { objectTypeId, objectTypeOf } from './hubspot/association-types';
import type { CrmRecord } from './hubspot/batch-answers';
import { mirroredProperties } from './hubspot/mirrored-properties';
import type { RecordRef } from './meeting/cascade';
import { recordName, stageProperties } from './meeting/record-names';
import type { PickedPage, PickedRecord } from './meeting/records';
import { knownObjectTypes, objectTypes, type KnownObjectType } from './store/catalogue';
import { findConnection } from './store/connections';
import { recentLinked, stageLabels } from './store/recent-records';
import type { Database } from './store/schema';
import { NotConnectedError } from './tokens';

/** What the picker asks for. */
export interface RecordQuery {
  /** `contacts`, `companies`, `deals` or a custom type's `2-…`. */
  readonly objectType: string;
  /** Words, a record's id, or the address of its page in HubSpot. */
  readonly q: string;
  readonly limit: number;
  /** As the page before gave it. */
  readonly after: string | null;
}

/** The query cannot be answered as it is; the message says what is wrong with which parameter. */
export class RecordQueryError extends Error {
  override readonly name = 'RecordQueryError';
  constructor(
    readonly path: 'objectType' | 'q',
    message: string,
  ) {
    super(message);
  }
}

/** People type faster than they read: the same question within this time is the same answer. */
const ANSWER_KEPT_MS = 5_000;
/** Below this, a search would find everything: what was linked lately is likelier. */
const SHORTEST_SEARCH = 2;
/** HubSpot's searches take 3,000 characters a body; nobody types more than a line. */
const LONGEST_SEARCH = 200;

const STANDARD = ['contacts', 'companies', 'deals'];
/** The names that HubSpot's older record pages have in their address. */
const PAGE_NAMES: Readonly<Record<string, string>> = { contact: 'contacts', company: 'companies', deal: 'deals' };

/**
 * Finds records by hand, in HubSpot or among those that were linked lately. HubSpot allows all apps together five
 * searches a second, which syncs need too: the same question asked again shares one call.
 */
export class RecordPicker {
  readonly #db: Kysely<Database>;
  readonly #gateway: Gateway;
  readonly #answers = new Map<string, { readonly until: number; readonly page: Promise<PickedPage> }>();

  constructor(dependencies: { db: Kysely<Database>; gateway: Gateway }) {
    this.#db = dependencies.db;
    this.#gateway = dependencies.gateway;
  }

  /**
   * One page of records.
   *
   * @throws {@link RecordQueryError}, {@link NotConnectedError}; `HubSpotError`, `BudgetExhaustedError` and the like when
   *   HubSpot cannot be asked now
   */
  async searchRecords(workspaceId: string, query: RecordQuery): Promise<PickedPage> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection === null) throw new NotConnectedError('not_connected');
    const portal = { portalId: connection.portal_id, uiDomain: connection.ui_domain };
    const text = query.q.trim();
    const address = recordAt(text);
    if (address !== null && address.portalId !== portal.portalId)
      throw new RecordQueryError('q', `is the address of a record in another HubSpot account (${address.portalId})`);
    if (text.length > LONGEST_SEARCH && address === null)
      throw new RecordQueryError('q', `must not have more than ${LONGEST_SEARCH} characters`);
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
        // People type ids digit by digit, and HubSpot counts error answers: a batch's "not found" is none.
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

  /** @param said - the parameter that named the type */
  async #typeOf(portalId: number, objectType: string, said: 'objectType' | 'q'): Promise<KnownObjectType | null> {
    if (STANDARD.includes(objectType)) return null;
    const type = (await objectTypes(this.#db, portalId)).find((known) => known.object_type === objectType);
    if (type !== undefined) return type;
    if (/^2-\d+$/.test(objectType) && (await knownObjectTypes(this.#db, portalId)) === null) return null;
    const linkable = 'contacts, companies, deals or one of GET /api/v1/crm/object-types';
    throw new RecordQueryError(
      said,
      said === 'q' ? `is the address of a record that is not of ${linkable}` : `must be ${linkable}`,
    );
  }

  #shared(question: readonly unknown[], ask: () => Promise<PickedPage>): Promise<PickedPage> {
    const now = Date.now();
    for (const [key, { until }] of this.#answers) if (until <= now) this.#answers.delete(key);
    const key = JSON.stringify(question);
    const kept = this.#answers.get(key);
    if (kept !== undefined) return kept.page;
    const page = ask();
    this.#answers.set(key, { until: now + ANSWER_KEPT_MS, page });
    // Whoever shares the question shares the refusal; the next one asks again.
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
 * The record whose page in HubSpot has this address, or null when it is none: `…/contacts/{portalId}/record/0-1/{id}`,
 * on older pages `…/contacts/{portalId}/contact/{id}`.
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
