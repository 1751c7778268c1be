import { recordKey, type LinkVia, type RecordRef } from '../../../meeting/linking/cascade';
import { hostOf, registrableDomain } from '../../../meeting/people/domains';
import { normaliseEmail } from '../../../meeting/people/mailboxes';

type Properties = Readonly<Record<string, string | null>>;

/** A linked record with its properties from the mirror. */
export interface KnownLink extends RecordRef {
  readonly via: LinkVia;
  readonly from: RecordRef | null;
  readonly properties: Properties | null;
}

/** An external participant, through whom records are found. */
export interface Person {
  readonly name: string | null;
  readonly email: string;
  /** A registrable domain; null for free mail. */
  readonly domain: string | null;
}

/** A record and the records that it led to. */
export interface RecordNode<Link extends KnownLink> {
  readonly link: Link;
  readonly children: readonly RecordNode<Link>[];
}

/** The origin of records: participants, a choice by hand, or a record that is no longer linked. */
export interface RootNode<Link extends KnownLink> {
  readonly began: 'people' | 'domain' | 'hand' | 'gone';
  /** The participants with that address or domain; empty when the mirror does not have it. */
  readonly people: readonly Person[];
  readonly records: readonly RecordNode<Link>[];
}

/**
 * The links of a meeting as a tree: participant → contact → company → deal. Each record appears once, below the record
 * that led to it. Roots of the same participants are grouped.
 */
export function recordTree<Link extends KnownLink>(
  links: readonly Link[],
  people: readonly Person[],
): RootNode<Link>[] {
  const linked = new Set(links.map(recordKey));
  const childrenOf = Map.groupBy(
    links.filter((link) => link.from !== null && linked.has(recordKey(link.from))),
    (link) => (link.from === null ? '' : recordKey(link.from)),
  );
  // A merge can leave two records that refer to each other, so each record is drawn only once.
  const drawn = new Set<string>();
  const node = (link: Link): RecordNode<Link> => {
    drawn.add(recordKey(link));
    const children = (childrenOf.get(recordKey(link)) ?? []).filter((child) => !drawn.has(recordKey(child)));
    return { link, children: children.map(node) };
  };
  const roots = new Map<string, { root: Omit<RootNode<Link>, 'records'>; records: RecordNode<Link>[] }>();
  const add = (link: Link) => {
    const root = rootOf(link, people);
    const key = JSON.stringify([root.began, root.people.map((person) => person.email)]);
    const known = roots.get(key) ?? { root, records: [] };
    known.records.push(node(link));
    roots.set(key, known);
  };
  for (const link of links) if (link.via !== 'cascade') add(link);
  for (const link of links) if (!drawn.has(recordKey(link))) add(link);
  return [...roots.values()].map(({ root, records }) => ({ ...root, records }));
}

/**
 * Whether unlinking a record would leave no link, because every other one came through it. The rules may still find
 * another record.
 */
export function isLastRecord(
  links: readonly (RecordRef & { readonly from: RecordRef | null })[],
  record: RecordRef,
): boolean {
  const gone = new Set([recordKey(record)]);
  for (let before = 0; before < gone.size;) {
    before = gone.size;
    for (const link of links) if (link.from !== null && gone.has(recordKey(link.from))) gone.add(recordKey(link));
  }
  return (
    links.some((link) => recordKey(link) === recordKey(record)) && links.every((link) => gone.has(recordKey(link)))
  );
}

function rootOf(link: KnownLink, people: readonly Person[]): Omit<RootNode<KnownLink>, 'records'> {
  switch (link.via) {
    case 'manual':
      return { began: 'hand', people: [] };
    case 'cascade':
      return { began: 'gone', people: [] };
    case 'participant': {
      const addresses = new Set(valuesOf(link.properties, 'email', 'hs_additional_emails').map(normaliseEmail));
      return { began: 'people', people: people.filter((person) => addresses.has(person.email)) };
    }
    case 'domain': {
      const domains = new Set(
        valuesOf(link.properties, 'domain', 'hs_additional_domains').map(
          (domain) => registrableDomain(domain) ?? hostOf(domain),
        ),
      );
      return {
        began: 'domain',
        people: people.filter((person) => person.domain !== null && domains.has(person.domain)),
      };
    }
  }
}

function valuesOf(properties: Properties | null, ...names: readonly string[]): string[] {
  return names.flatMap((name) => (properties?.[name] ?? '').split(';')).filter((value) => value.trim() !== '');
}
