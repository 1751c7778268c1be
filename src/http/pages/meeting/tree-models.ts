import { t } from '../../../languages/text';
import { recordUrl } from '../../../meeting/hubspot-urls';
import { recordKey, type RecordRef } from '../../../meeting/linking/cascade';
import { objectTypeId } from '../../../meeting/object-types';
import type { UnmatchedPerson } from '../../../meeting/status';
import type { StoredLink } from '../../../store/meetings/links';
import { httpLink } from '../layout/format';
import { kindOf } from '../layout/status-words';
import type { MeetingData } from './meeting-data';
import { recordFacts } from './record-facts';
import { recordTree, type KnownLink, type RecordNode, type RootNode } from './record-tree';

/** A record, as pages show it. */
export interface RecordLine {
  readonly objectType: string;
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly url: string | null;
}

/** A record of the tree. */
export interface TreeLine extends RecordLine {
  readonly icon: 'contact' | 'company' | 'deal' | 'object';
  /** Why the meeting is on it: `took part`, `their deal`. */
  readonly why: string;
  /** Its business context, in a few words each. */
  readonly facts: readonly string[];
  /** Additional information: the record is deleted in HubSpot. */
  readonly note: string | null;
  readonly children: readonly TreeLine[];
}

type Known = Pick<MeetingData, 'names' | 'typeNames' | 'connection'> & {
  readonly row: Pick<MeetingData['row'], 'portal_id'>;
};

/** A record's name and the URL of its page, which exists only in the connected account. */
export function recordLine(record: RecordRef, { names, typeNames, row, connection }: Known): RecordLine {
  const { objectType, id } = record;
  const kind = kindOf(objectType, typeNames.get(objectType));
  const ours = connection !== null && (row.portal_id === null || connection.portal_id === row.portal_id);
  return {
    objectType,
    id,
    kind,
    name: names.get(recordKey(record)) ?? id,
    url: ours ? httpLink(recordUrl(connection.ui_domain, connection.portal_id, objectTypeId(objectType), id)) : null,
  };
}

/** The linked records as a tree, each with the reason for its link. */
export function treeOf(links: readonly StoredLink[], data: MeetingData, timeZone: string): TreeLine[] {
  const known = links.map((link): KnownLink & StoredLink => ({
    ...link,
    properties: data.records.get(recordKey(link))?.properties ?? null,
  }));
  return recordTree(known, data.people?.external ?? []).flatMap((root) =>
    root.records.map((node) => treeLine(node, rootWords(root), { data, timeZone })),
  );
}

function treeLine(
  { link, children }: RecordNode<KnownLink>,
  why: string,
  context: { readonly data: MeetingData; readonly timeZone: string },
): TreeLine {
  const { data, timeZone } = context;
  const line = recordLine(link, data);
  const record = data.records.get(recordKey(link));
  return {
    ...line,
    name: data.names.has(recordKey(link)) ? line.name : `${line.kind} ${line.id}`,
    icon: ICONS[link.objectType] ?? 'object',
    why,
    facts: record === undefined ? [] : recordFacts(record, { timeZone, currency: data.connection?.currency ?? null }),
    note: record?.archived === true ? t('deleted in HubSpot, and unlinked at the next sync') : null,
    children: children.map((child) =>
      treeLine(child, childWords(link, recordLine(child.link, data).kind.toLowerCase()), context),
    ),
  };
}

/** Why a record is linked, for a list in which its origin is not above it: `took part`, `through Pieter de Vries`. */
export function whyLinked({ via, from }: Pick<KnownLink, 'via' | 'from'>, known: Known): string {
  switch (via) {
    case 'participant':
      return rootWords({ began: 'people', people: [] });
    case 'domain':
      return rootWords({ began: 'domain', people: [] });
    case 'manual':
      return rootWords({ began: 'hand', people: [] });
    case 'cascade':
      return from === null
        ? rootWords({ began: 'gone', people: [] })
        : t('through {record}', { record: recordLine(from, known).name });
  }
}

function childWords(parent: RecordRef, kind: string): string {
  return parent.objectType === 'contacts' ? t('their {kind}', { kind }) : t('its {kind}', { kind });
}

const ICONS: Readonly<Record<string, TreeLine['icon']>> = { contacts: 'contact', companies: 'company', deals: 'deal' };

function rootWords({ began, people }: Pick<RootNode<KnownLink>, 'began' | 'people'>): string {
  const named = people.map(({ name, email }) => name ?? email).join(', ');
  switch (began) {
    case 'people':
      return t('took part');
    case 'domain':
      return named === '' ? t('domain of a participant') : t('domain of {people}', { people: named });
    case 'hand':
      return t('linked by hand');
    case 'gone':
      return t('through a record that is no longer linked');
  }
}

/** `Ana Ruiz <ana@acme.example>`, or the part of it that is known. */
export function personWords({ name, email }: UnmatchedPerson): string {
  const words = [name, email && (name === null ? email : `<${email}>`)].filter(Boolean).join(' ');
  return words === '' ? t('A participant without name and address') : words;
}
