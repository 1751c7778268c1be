/** `contacts`, `companies`, `deals` or a custom object type's `2-…` id. */
export type ObjectType = string;
export type RecordRef = { readonly objectType: ObjectType; readonly id: string };
/** The rule that led to a link, strongest first. The order decides which rule is kept when several apply. */
export const LINK_VIA = ['participant', 'domain', 'cascade', 'manual'] as const;
export type LinkVia = (typeof LINK_VIA)[number];
/** A linked record. `from` is the record that led to it, `null` for a root. */
export type Link = RecordRef & { readonly via: LinkVia; readonly from: RecordRef | null };

/** Matched and manually linked records. Each list may have any order and repeats. */
export type Roots = {
  readonly manual: readonly RecordRef[];
  readonly participant: readonly RecordRef[];
  readonly domain: readonly RecordRef[];
};

export type CascadeRule = { readonly from: ObjectType; readonly to: ObjectType };
/** Associations to read: all records of type `to` that are associated with the records in `ids`. */
export type AssociationRead = CascadeRule & { readonly ids: readonly string[] };
/** The records that HubSpot associates with one record. Several entries for one record add up. */
export type Neighbours = { readonly from: RecordRef; readonly to: readonly RecordRef[] };

const standardTypes: readonly ObjectType[] = ['contacts', 'companies', 'deals'];

/** Whether a type is an account's own custom object type (`2-…`). */
export function isCustomType(objectType: ObjectType): boolean {
  return objectType.startsWith('2-');
}

/** Returns a text that identifies a record, for sets and maps. */
export function recordKey(record: RecordRef): string {
  return `${record.objectType}/${record.id}`;
}

/** Compares by type, then by age (ids grow). It keeps the order of links independent of HubSpot's. */
export function compareRecords(a: RecordRef, b: RecordRef): number {
  return (
    typeRank(a.objectType) - typeRank(b.objectType) || compareIds(a.objectType, b.objectType) || compareIds(a.id, b.id)
  );
}

function typeRank(objectType: ObjectType): number {
  const rank = standardTypes.indexOf(objectType);
  return rank === -1 ? standardTypes.length : rank;
}

/** Compares ids of records by age: HubSpot's ids are numbers that grow, and may exceed what a number holds. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a.length - b.length || (a < b ? -1 : 1);
}

/**
 * Returns the cascade rule (docs/reference.md) as levels. A level's reads can be sent together, and need the links of
 * the earlier levels. A contact leads to its companies and deals. A company leads to its deals, regardless of how it
 * was reached. Every contact, company and deal leads to the chosen custom object types. Deals and custom objects lead
 * to nothing else.
 */
export function cascadeLevels(customObjectTypes: readonly ObjectType[]): CascadeRule[][] {
  const custom = [...new Set(customObjectTypes)].filter((type) => !standardTypes.includes(type)).toSorted(compareIds);
  const levels: CascadeRule[][] = [
    [
      { from: 'contacts', to: 'companies' },
      { from: 'contacts', to: 'deals' },
    ],
    [{ from: 'companies', to: 'deals' }],
    custom.flatMap((to) => standardTypes.map((from) => ({ from, to }))),
  ];
  return levels.filter((level) => level.length > 0);
}

/** Returns the initial links: each record once with its strongest rule, without records that a person unlinked. */
export function rootLinks(roots: Roots, unlinked: readonly RecordRef[] = []): Link[] {
  const excluded = new Set(unlinked.map(recordKey));
  const links = new Map<string, Link>();
  for (const via of ['manual', 'participant', 'domain'] as const) {
    for (const { objectType, id } of roots[via]) {
      const key = recordKey({ objectType, id });
      if (!excluded.has(key) && !links.has(key)) links.set(key, { objectType, id, via, from: null });
    }
  }
  return [...links.values()].toSorted(compareRecords);
}

/**
 * Returns the association reads that a level needs, given the links so far. A rule without records to start from needs
 * none.
 */
export function readsOf(level: readonly CascadeRule[], links: readonly Link[]): AssociationRead[] {
  return level
    .map(({ from, to }) => ({
      from,
      to,
      ids: links.filter((link) => link.objectType === from).map((link) => link.id),
    }))
    .filter((read) => read.ids.length > 0);
}

/**
 * Returns the links after a level's responses: adds the neighbours, in the stable order of {@link compareRecords}. A
 * record that is already linked keeps its rule. When several records lead to a new one, `from` is the first in that
 * order. Responses about records that are not linked, or of types that the level does not ask for, are ignored.
 */
export function followLevel(
  level: readonly CascadeRule[],
  links: readonly Link[],
  neighbours: readonly Neighbours[],
  unlinked: readonly RecordRef[] = [],
): Link[] {
  const excluded = new Set(unlinked.map(recordKey));
  const result = new Map(links.map((link) => [recordKey(link), link]));
  const sources = new Set(result.keys());
  const inOrder = neighbours
    .filter((entry) => sources.has(recordKey(entry.from)))
    .toSorted((a, b) => compareRecords(a.from, b.from));
  for (const { from, to } of inOrder) {
    for (const { objectType, id } of to) {
      const key = recordKey({ objectType, id });
      if (excluded.has(key) || result.has(key)) continue;
      if (!level.some((rule) => rule.from === from.objectType && rule.to === objectType)) continue;
      result.set(key, { objectType, id, via: 'cascade', from: { objectType: from.objectType, id: from.id } });
    }
  }
  return [...result.values()].toSorted(compareRecords);
}

export type CascadeOptions = {
  readonly customObjectTypes?: readonly ObjectType[];
  /** Records that a person unlinked from this meeting. They are never linked, and nothing is reached through them. */
  readonly unlinked?: readonly RecordRef[];
  /**
   * Removes what settings exclude, after all contacts, companies and deals are reached and before anything is reached
   * through a deal.
   */
  readonly narrow?: ((links: readonly Link[]) => Promise<readonly Link[]>) | undefined;
};

/**
 * Returns all links of a meeting. `read` is called once per level that has something to read, with reads that can be
 * sent together. It returns existing, unarchived records under their present ids; a record that it does not return is
 * neither linked nor followed. An error of `read` ends the expansion, because a failed read must never count as "no
 * associations".
 */
export async function expandCascades(
  roots: Roots,
  options: CascadeOptions,
  read: (reads: readonly AssociationRead[]) => Promise<readonly Neighbours[]>,
): Promise<Link[]> {
  const levels = cascadeLevels(options.customObjectTypes ?? []);
  const throughDeals = levels.filter((level) => level.some((rule) => rule.from === 'deals'));
  const reached = await follow(
    levels.filter((level) => !throughDeals.includes(level)),
    rootLinks(roots, options.unlinked),
  );
  return await follow(throughDeals, (await options.narrow?.(reached)) ?? reached);

  async function follow(some: readonly CascadeRule[][], from: readonly Link[]): Promise<Link[]> {
    let links = [...from];
    for (const level of some) {
      const reads = readsOf(level, links);
      // oxlint-disable-next-line no-await-in-loop -- a level reads from what the one before it linked
      if (reads.length > 0) links = followLevel(level, links, await read(reads), options.unlinked);
    }
    return links;
  }
}
