import type { CrmRecord } from '../hubspot/client/batch-answers';
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
} from '../meeting/linking/cascade';
import { excludeDeals, narrowsDeals, type DealFacts } from '../meeting/linking/deal-rules';
import { recordLeftOut, type LeftOut } from '../meeting/linking/left-out';
import { compareBasis, linkBasis, readLinkBasis, type LinkBasis } from '../meeting/linking/link-basis';
import { presentLinks, stickyLinks } from '../meeting/linking/sticky-links';
import type { TypedNeighbours } from '../store/mirror/associations';
import { currentChoices, presentIds } from './choices';
import type { PlanInput } from './input';
import type { CrmReader } from './reader';

const DAY_MS = 24 * 3_600_000;
const STANDARD: readonly ObjectType[] = ['contacts', 'companies', 'deals'];

/** The links that a meeting should have. */
export interface LinkPlan {
  readonly links: readonly Link[];
  readonly leftOut: readonly LeftOut[];
  /** The associations that HubSpot returned, for the mirror. */
  readonly answered: readonly TypedNeighbours[];
  /** What the links were computed from. The next pass needs it (see `linkBasis`). */
  readonly basis: LinkBasis;
}

/** Follows the cascade rule from the roots, within the settings and the previous pass's links. */
export async function planLinks(reader: CrmReader, input: PlanInput, roots: Roots): Promise<LinkPlan> {
  const pass = await beginPass(reader, input, roots);
  const { row, settings } = input;
  const computed = await expandCascades(
    roots,
    {
      unlinked: pass.unlinked,
      customObjectTypes: settings.customObjectTypes,
      narrow: narrowsDeals(settings) ? (reached) => withoutExcludedDeals(pass, reached) : undefined,
    },
    (reads) => readNeighbours(pass, reads),
  );
  const links = await linksOf(pass, computed, [...pass.previous, ...untoldLinks(pass)]);
  // Links that nothing leads to any more are kept. The mirror follows HubSpot, so their associations are read too.
  const kept = without(links, computed);
  await readNeighbours(
    pass,
    cascadeLevels(settings.customObjectTypes).flatMap((level) => readsOf(level, kept)),
  );
  return {
    links,
    leftOut: await whyLeftOut(pass, computed, links),
    answered: pass.answered,
    basis: linkBasis(row.body_hash, settings),
  };
}

/** One computation of a meeting's links: its inputs, and the responses from HubSpot so far. */
interface LinkPass {
  readonly reader: CrmReader;
  readonly input: PlanInput;
  readonly roots: Roots;
  readonly unlinked: readonly RecordRef[];
  /** Links of the previous pass, of types that are still chosen, without those that were unlinked by hand. */
  readonly known: readonly Link[];
  /** Of these, the ones that carry over: none after the participants changed. */
  readonly previous: readonly Link[];
  /**
   * Whether the previous pass chose deals by the same rules, and whether no setting that narrows links has changed
   * since.
   */
  readonly sameDealRules: boolean;
  readonly sameSettings: boolean;
  /** The end of the period for late links, in milliseconds. */
  readonly lateAfter: number;
  /** Whether a record may be linked that was only associated now. */
  readonly addsLate: boolean;
  /** Grows with every read. */
  readonly answered: TypedNeighbours[];
  /** Custom types whose associations HubSpot refuses to return. Each read may add one. */
  readonly untold: Set<ObjectType>;
  /** Deals that the settings exclude, by key. Grows while the cascade is followed. */
  readonly excludedDeals: Map<string, LeftOut>;
}

async function beginPass(reader: CrmReader, input: PlanInput, roots: Roots): Promise<LinkPass> {
  const { row, settings, stored, now } = input;
  const { unlinked } = await currentChoices(reader, input);
  const excluded = new Set(unlinked.map(recordKey));
  const types = [...STANDARD, ...settings.customObjectTypes];
  const { sameContent, sameDealRules, sameSettings } = compareBasis(
    readLinkBasis(row.link_basis),
    linkBasis(row.body_hash, settings),
  );
  const known = stored.filter((link) => types.includes(link.objectType) && !excluded.has(recordKey(link)));
  const lateAfter = lateFrom(row) + settings.lateLinkDays * DAY_MS;
  return {
    reader,
    input,
    roots,
    unlinked,
    known,
    previous: sameContent ? known : [],
    sameDealRules,
    sameSettings,
    lateAfter,
    addsLate: stored.length === 0 || now < lateAfter,
    answered: [],
    untold: new Set(),
    excludedDeals: new Map(),
  };
}

/** Returns links to types whose associations are unknown now. They carry over even after the participants changed. */
function untoldLinks({ known, previous, untold }: LinkPass): Link[] {
  return without(known, previous).filter((link) => untold.has(link.objectType));
}

/** Removes the deals that the settings exclude from all that would be linked: those reached now and those kept. */
async function withoutExcludedDeals(pass: LinkPass, reached: readonly Link[]): Promise<Link[]> {
  const { reader, input, excludedDeals } = pass;
  const standard = pass.previous.filter((link) => STANDARD.includes(link.objectType));
  const due = await linksOf(pass, reached, standard);
  const deals = due.filter((link) => link.objectType === 'deals' && link.via === 'cascade');
  const records = await Promise.all(deals.map((deal) => reader.record(deal)));
  const facts = deals.flatMap((deal, index) => factsOf(deal, records[index] ?? null) ?? []);
  const present = new Set(facts.map(({ id }) => id));
  const linkedBefore = pass.sameDealRules ? await idsOfDealsLinkedBefore(pass, reached) : new Set<string>();
  const rules = excludeDeals(facts, input.settings, { startedAt: input.row.started_at.getTime(), linkedBefore });
  for (const deal of deals) {
    // Association reads may still return a deleted deal.
    const rule = present.has(deal.id) ? rules.get(deal.id) : 'archived';
    if (rule !== undefined) excludedDeals.set(recordKey(deal), recordLeftOut(rule, deal, deal.from));
  }
  return reached.filter((link) => link.via !== 'cascade' || !excludedDeals.has(recordKey(link)));
}

async function idsOfDealsLinkedBefore({ reader, previous }: LinkPass, reached: readonly Link[]): Promise<Set<string>> {
  const presentId = await presentIds(reader, without(previous, reached));
  const deals = previous.filter((link) => link.objectType === 'deals' && link.via === 'cascade');
  return new Set(presentLinks(deals, presentId).map((link) => link.id));
}

async function linksOf(pass: LinkPass, reached: readonly Link[], before: readonly Link[]): Promise<Link[]> {
  const { reader, addsLate, answered, excludedDeals } = pass;
  return stickyLinks(reached, before, {
    presentId: await presentIds(reader, without(before, reached)),
    neighbours: answered,
    addsLate,
    notLate: new Set(addsLate ? [] : (await notLate(pass, reached)).map(recordKey)),
    excluded: new Set(excludedDeals.keys()),
  });
}

/**
 * Returns links of the previous pass, including those of other participants, and new links that were not associated
 * late.
 */
async function notLate(pass: LinkPass, reached: readonly Link[]): Promise<Link[]> {
  const had = presentLinks(pass.known, await presentIds(pass.reader, without(pass.known, reached)));
  return [...had, ...(await fromNewRoots(pass, had)), ...(await fromChangedSettings(pass, reached, had))];
}

/** Returns links that new roots lead to. Uses earlier reads and sends no request to HubSpot. */
async function fromNewRoots({ roots, unlinked, input, answered }: LinkPass, had: readonly Link[]): Promise<Link[]> {
  const fresh = without(rootLinks(roots, unlinked), had);
  if (fresh.length === 0) return [];
  const { customObjectTypes } = input.settings;
  return await expandCascades(
    { manual: fresh, participant: [], domain: [] },
    { unlinked, customObjectTypes },
    (reads) =>
      Promise.resolve(
        answered.filter(({ from, toType }) =>
          reads.some((asked) => asked.from === from.objectType && asked.to === toType && asked.ids.includes(from.id)),
        ),
      ),
  );
}

/**
 * Returns links that earlier settings excluded. HubSpot does not report when it associated two records, so every record
 * that was created before the end of the period for late links counts as associated in time. Otherwise, trying a
 * setting for a day would remove old meetings' links.
 */
async function fromChangedSettings(pass: LinkPass, reached: readonly Link[], had: readonly Link[]): Promise<Link[]> {
  if (pass.sameSettings) return [];
  const fresh = without(reached, had).filter(
    ({ objectType }) => objectType === 'deals' || !STANDARD.includes(objectType),
  );
  const records = await Promise.all(fresh.map((link) => pass.reader.record(link)));
  return fresh.filter((_, index) => (createdAt(records[index] ?? null) ?? Infinity) <= pass.lateAfter);
}

async function whyLeftOut(pass: LinkPass, computed: readonly Link[], links: readonly Link[]): Promise<LeftOut[]> {
  const { reader, previous, excludedDeals } = pass;
  const linked = new Set(links.map(recordKey));
  const presentId = await presentIds(reader, without(previous, computed));
  const late = computed.filter((link) => !linked.has(recordKey(link)) && !excludedDeals.has(recordKey(link)));
  return [
    ...excludedDeals.values(),
    ...late.map((link) => recordLeftOut('late_link', link, link.from)),
    ...previous.filter((link) => presentId(link) === null).map((link) => recordLeftOut('archived', link, link.from)),
  ];
}

/**
 * Returns the start of the period for late links. A meeting that was posted long after it took place gets the full
 * period too.
 */
function lateFrom(row: PlanInput['row']): number {
  return Math.max(row.started_at.getTime(), row.accepted_at.getTime());
}

/** Reads the records' current associations: an entry for every record and type that HubSpot returns. */
async function readNeighbours(
  { reader, answered, untold }: LinkPass,
  reads: readonly AssociationRead[],
): Promise<readonly TypedNeighbours[]> {
  const answers = reads.flatMap(({ from, to, ids }) =>
    ids.map(async (id): Promise<TypedNeighbours[]> => {
      const ref: RecordRef = { objectType: from, id };
      const found = await reader.associated(ref, to);
      if (found === null) {
        untold.add(to);
        return [];
      }
      return [{ from: ref, toType: to, to: found.map((toId) => ({ objectType: to, id: toId })) }];
    }),
  );
  const found = (await Promise.all(answers)).flat();
  answered.push(...found);
  return found;
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
