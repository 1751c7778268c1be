import { recordName } from '../../../meeting/record-names';
import { recordKey } from '../../../meeting/linking/cascade';
import { recordAt } from '../../../connection/record-search';
import { findLinkedRecords, type LinkedRecord } from '../../../analytics/choices';
import { objectTypes } from '../../../store/mirror/catalogue';
import type { Db } from '../../../store/database';
import { ANALYTICS_FILTERS, analyticsForm, filterFields, optionFields } from '../../analytics-query';
import type { FieldError } from '../../../meeting/validation-errors';
import { formField } from '../layout/session';

type FilterName = (typeof ANALYTICS_FILTERS)[number];
const OPTION_NAMES = ['interval', 'by', 'days', 'due', 'limit'] as const;
type OptionName = (typeof OPTION_NAMES)[number];

/** Validated filters and options, as query parameters. */
export type AnalyticsTexts = Readonly<Partial<Record<FilterName | OptionName, string>>>;

/** A typed text matches several records, so the person has to choose one. */
export interface Ambiguity {
  readonly filter: 'company' | 'object';
  readonly typed: string;
  readonly records: readonly { readonly value: string; readonly name: string; readonly detail: string | null }[];
}

export interface ReadFilters {
  readonly texts: AnalyticsTexts;
  /** The typed texts, valid or not, for the form to show again. */
  readonly given: Readonly<Partial<Record<FilterName, string>>>;
  readonly faults: readonly FieldError[];
  readonly ambiguous: readonly Ambiguity[];
}

const LABELS: Readonly<Record<FilterName, string>> = {
  from: 'From',
  to: 'To',
  owner: 'Owner',
  pipeline: 'Pipeline',
  stage: 'Stage',
  company: 'Company',
  object: 'Custom object',
};
const CHOICES_SHOWN = 10;

/**
 * Reads the query parameters of the page. People can name a company or a custom object by a part of its name or domain,
 * by its id, or by the address of its page in HubSpot. An invalid filter is ignored, and the page shows the validation
 * error.
 *
 * @param portalId - the account that the workspace is connected to
 */
export async function readAnalyticsFilters(
  db: Db,
  { workspaceId, portalId }: { workspaceId: string; portalId: number | null },
  query: unknown,
): Promise<ReadFilters> {
  const given: Partial<Record<FilterName, string>> = {};
  const texts: Partial<Record<FilterName | OptionName, string>> = {};
  const faults: FieldError[] = [];
  const ambiguous: Ambiguity[] = [];
  for (const name of ANALYTICS_FILTERS) {
    const typed = formField(query, name)?.trim();
    if (typed === undefined || typed === '') continue;
    given[name] = typed;
    const text =
      // oxlint-disable-next-line no-await-in-loop -- two at the most ask the database
      name === 'company' || name === 'object' ? await recordOf(name, typed) : typed;
    if (text === null) continue;
    const read = filterFields[name].safeParse(text);
    if (read.success && read.data !== undefined) texts[name] = read.data;
    else
      faults.push({
        path: `${LABELS[name]} “${typed.slice(0, 100)}”`,
        message: read.error?.issues[0]?.message ?? 'is not valid',
      });
  }
  for (const name of OPTION_NAMES) {
    const text = formField(query, name)?.trim();
    // Forms only send valid options, so an invalid one is ignored and the report's default applies.
    if (text !== undefined && text !== '' && optionFields[name].safeParse(text).success) texts[name] = text;
  }
  if (texts.from !== undefined && texts.to !== undefined && texts.from > texts.to) {
    delete texts.to;
    faults.push({ path: LABELS.to, message: 'must not be before the first day' });
  }
  return { texts, given, faults, ambiguous };

  /** The record in the format of the query parameter; null when it was not found or is ambiguous. */
  async function recordOf(filter: 'company' | 'object', typed: string): Promise<string | null> {
    if (filterFields[filter].safeParse(typed).success) return typed;
    const page = recordAt(typed);
    if (page !== null) {
      const isRight = filter === 'company' ? page.objectType === 'companies' : page.objectType.startsWith('2-');
      if (isRight && page.portalId === portalId) return filter === 'company' ? page.id : recordKey(page);
      return fault(filter, `must be the address of a ${NOUNS[filter]} in the connected HubSpot account`);
    }
    if (portalId === null || typed.includes('\0') || typed.length > 200)
      return fault(filter, `must be a part of a ${NOUNS[filter]}'s name`);
    const objectType = filter === 'company' ? 'companies' : 'custom';
    const found = await findLinkedRecords(
      db,
      { workspaceId, portalId, objectType },
      typed,
      // One more than is shown reveals that there are more.
      CHOICES_SHOWN + 1,
    );
    const [only] = found;
    if (only === undefined) return fault(filter, `is no ${NOUNS[filter]} that a meeting is linked to`);
    if (found.length === 1) return valueOf(filter, only);
    const types = await objectTypes(db, portalId);
    const primary = new Map(types.map((type) => [type.object_type, type.primary_property]));
    ambiguous.push({
      filter,
      typed,
      records: found.slice(0, CHOICES_SHOWN).map((record) => ({
        value: valueOf(filter, record),
        name: recordName(record.objectType, record.properties, primary.get(record.objectType) ?? null) ?? record.id,
        detail: record.properties['domain'] ?? null,
      })),
    });
    return null;
  }

  function fault(filter: 'company' | 'object', message: string): null {
    faults.push({ path: `${LABELS[filter]} “${(given[filter] ?? '').slice(0, 100)}”`, message });
    return null;
  }
}

const NOUNS = { company: 'company', object: 'custom object' } as const;

function valueOf(filter: 'company' | 'object', record: LinkedRecord): string {
  return filter === 'company' ? record.id : recordKey(record);
}

/** Filters and options as a query, in a fixed order; "" for none. */
export function analyticsQuery(texts: AnalyticsTexts, more: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams();
  const of = (names: readonly string[], from: Readonly<Record<string, string | undefined>>) => {
    for (const name of names) if (from[name] !== undefined) query.set(name, from[name]);
  };
  of(Object.keys(more), more);
  of([...ANALYTICS_FILTERS, ...OPTION_NAMES], texts);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The validated texts in the types that reports need. */
export function askedFor(texts: AnalyticsTexts) {
  return analyticsForm.parse(texts);
}
