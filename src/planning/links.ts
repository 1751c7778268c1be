import type { CrmRecord } from '../hubspot/batch-answers';
import { timeOf } from '../hubspot/times';
import {
  cascadeLevels,
  expandCascades,
  readsOf,
  recordKey,
  rootLinks,
  type AssociationRead,
  type Link,
  type ObjectType,
  type RecordRef,
  type Roots,
} from '../meeting/cascade';
import { dealsLeftOut, narrowsDeals, type DealFacts } from '../meeting/deal-rules';
import { recordLeftOut, type LeftOut } from '../meeting/left-out';
import { compareBasis, linkBasis } from '../meeting/link-basis';
import { presentLinks, standingLinks } from '../meeting/standing-links';
import type { TypedNeighbours } from '../store/associations';
import { currentChoices, presentIds } from './choices';
import type { PlanInput } from './input';
import type { CrmReader } from './reader';

const DAY_MS = 24 * 3_600_000;
const STANDARD: readonly ObjectType[] = ['contacts', 'companies', 'deals'];

/** What a meeting is to be linked to. */
export interface LinkPlan {
  readonly links: readonly Link[];
  readonly leftOut: readonly LeftOut[];
  /** What HubSpot said about associations, for the mirror. */
  readonly answered: readonly TypedNeighbours[];
  /** What the links were computed from; the next pass needs it (see `linkBasis`). */
  readonly basis: string;
}

/** Follows the cascade rule from the roots, within what the settings and the links of the pass before leave. */
export async function planLinks(reader: CrmReader, input: PlanInput, roots: Roots): Promise<LinkPlan> {
  const { row, settings, stored, now } = input;
  const { unlinked } = await currentChoices(reader, input);
  const { customObjectTypes, lateLinkDays } = settings;
  const options = { unlinked, customObjectTypes };
  const excluded = new Set(unlinked.map(recordKey));
  const types = [...STANDARD, ...customObjectTypes];
  const { sameContent, sameJudgement, sameSettings } = compareBasis(row.linked_body_hash, row.body_hash, settings);
  const known = stored.filter((link) => types.includes(link.objectType) && !excluded.has(recordKey(link)));
  // Other participants, other links: only the same meeting's links are carried on, and of types that are still chosen.
  const previous = sameContent ? known : [];
  const lateAfter = lateFrom(row) + lateLinkDays * DAY_MS;
  const addsLate = stored.length === 0 || now < lateAfter;
  const answered: TypedNeighbours[] = [];
  const dealsOut = new Map<string, LeftOut>();

  const computed = await expandCascades(
    roots,
    { ...options, narrow: narrowsDeals(settings) ? narrow : undefined },
    async (reads) => {
      const found = await neighbours(reader, reads);
      answered.push(...found);
      return found;
    },
  );
  const links = await standing(computed, previous);
  answered.push(...(await neighbours(reader, readsOfKept())));
  return { links, leftOut: await whyLeftOut(), answered, basis: linkBasis(row.body_hash, settings) };

  /** Takes out the deals that settings leave out: of those that would be linked, reached now or before. */
  async function narrow(reached: readonly Link[]): Promise<Link[]> {
    const due = await standing(
      reached,
      previous.filter((link) => STANDARD.includes(link.objectType)),
    );
    const deals = due.filter((link) => link.objectType === 'deals' && link.via === 'cascade');
    const records = await Promise.all(deals.map((deal) => reader.record(deal)));
    const facts = deals.flatMap((deal, index) => factsOf(deal, records[index] ?? null) ?? []);
    const present = new Set(facts.map(({ id }) => id));
    const judged = sameJudgement ? await idsOfJudgedDeals(reached) : new Set<string>();
    const rules = dealsLeftOut(facts, settings, { startedAt: row.started_at.getTime(), judged });
    for (const deal of deals) {
      // Association reads may still name a deal that is deleted.
      const rule = present.has(deal.id) ? rules.get(deal.id) : 'archived';
      if (rule !== undefined) dealsOut.set(recordKey(deal), recordLeftOut(rule, deal, deal.from));
    }
    return reached.filter((link) => link.via !== 'cascade' || !dealsOut.has(recordKey(link)));
  }

  /** What is linked on although nothing reaches it any more is read for the mirror: that follows HubSpot all the same. */
  function readsOfKept(): AssociationRead[] {
    const kept = without(links, computed);
    return cascadeLevels(customObjectTypes).flatMap((level) => readsOf(level, kept));
  }

  async function idsOfJudgedDeals(reached: readonly Link[]): Promise<Set<string>> {
    const presentId = await presentIds(reader, without(previous, reached));
    const deals = previous.filter((link) => link.objectType === 'deals' && link.via === 'cascade');
    return new Set(presentLinks(deals, presentId).map((link) => link.id));
  }

  async function standing(reached: readonly Link[], before: readonly Link[]): Promise<Link[]> {
    return standingLinks(reached, before, {
      presentId: await presentIds(reader, without(before, reached)),
      neighbours: answered,
      addsLate,
      notLate: new Set(addsLate ? [] : (await notLate(reached)).map(recordKey)),
      leftOut: new Set(dealsOut.keys()),
    });
  }

  /** What was linked before, under other participants too, and what is new without having been associated late. */
  async function notLate(reached: readonly Link[]): Promise<Link[]> {
    const had = presentLinks(known, await presentIds(reader, without(known, reached)));
    return [...had, ...(await broughtByNewRoots(had)), ...(await broughtBySettings(reached, had))];
  }

  /** Answered from what was read already: nothing is asked. */
  async function broughtByNewRoots(had: readonly Link[]): Promise<Link[]> {
    const fresh = without(rootLinks(roots, unlinked), had);
    if (fresh.length === 0) return [];
    return await expandCascades({ manual: fresh, participant: [], domain: [] }, options, (reads) =>
      Promise.resolve(
        answered.filter(({ from, toType }) =>
          reads.some((asked) => asked.from === from.objectType && asked.to === toType && asked.ids.includes(from.id)),
        ),
      ),
    );
  }

  /**
   * What the settings left out before was not associated late. HubSpot does not tell when it was associated: whatever
   * there was before the time for late links was over may have been. Else a setting that is tried for a day would cost
   * old meetings their links.
   */
  async function broughtBySettings(reached: readonly Link[], had: readonly Link[]): Promise<Link[]> {
    if (sameSettings) return [];
    const fresh = without(reached, had).filter(
      ({ objectType }) => objectType === 'deals' || !STANDARD.includes(objectType),
    );
    const records = await Promise.all(fresh.map((link) => reader.record(link)));
    return fresh.filter((_, index) => (createdAt(records[index] ?? null) ?? Infinity) <= lateAfter);
  }

  async function whyLeftOut(): Promise<LeftOut[]> {
    const linked = new Set(links.map(recordKey));
    const presentId = await presentIds(reader, without(previous, computed));
    const late = computed.filter((link) => !linked.has(recordKey(link)) && !dealsOut.has(recordKey(link)));
    return [
      ...dealsOut.values(),
      ...late.map((link) => recordLeftOut('late_link', link, link.from)),
      ...previous.filter((link) => presentId(link) === null).map((link) => recordLeftOut('archived', link, link.from)),
    ];
  }
}

/** When the time for late links begins: a meeting that came in long after it took place has its full time too. */
function lateFrom(row: PlanInput['row']): number {
  return Math.max(row.started_at.getTime(), row.accepted_at.getTime());
}

/** What HubSpot associates with the records now; an entry for every record and type that was asked for. */
async function neighbours(reader: CrmReader, reads: readonly AssociationRead[]): Promise<TypedNeighbours[]> {
  const answers = reads.flatMap(({ from, to, ids }) =>
    ids.map(async (id): Promise<TypedNeighbours> => {
      const ref: RecordRef = { objectType: from, id };
      const found = await reader.associated(ref, to);
      return { from: ref, toType: to, to: found.map((toId) => ({ objectType: to, id: toId })) };
    }),
  );
  return await Promise.all(answers);
}

function factsOf({ id }: Link, record: CrmRecord | null): DealFacts | null {
  if (record === null) return null;
  const { pipeline, hs_is_closed: closed, closedate } = record.properties;
  return {
    id,
    pipeline: pipeline ?? null,
    closed: closed === 'true',
    closedAt: timeOf(closedate),
    createdAt: createdAt(record),
  };
}

/** Custom objects have `hs_createdate`. */
function createdAt(record: CrmRecord | null): number | null {
  return timeOf(record?.properties['createdate'] ?? record?.properties['hs_createdate']);
}

function without(links: readonly Link[], others: readonly Link[]): Link[] {
  const known = new Set(others.map(recordKey));
  return links.filter((link) => !known.has(recordKey(link)));
}
