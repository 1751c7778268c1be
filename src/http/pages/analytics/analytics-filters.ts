import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import { recordAt } from '../../../connection/record-search';
import { recordKey } from '../../../meeting/linking/cascade';
import { ANALYTICS_FILTERS, analyticsForm, filterFields, optionFields } from '../../analytics-query';
import type { FieldError } from '../../../meeting/validation-errors';
import { formField } from '../layout/session';

type FilterName = (typeof ANALYTICS_FILTERS)[number];
const OPTION_NAMES = ['interval', 'by', 'days', 'due', 'limit'] as const;
type OptionName = (typeof OPTION_NAMES)[number];

/** Validated filters and options, as query parameters. */
export type AnalyticsTexts = Readonly<Partial<Record<FilterName | OptionName, string>>>;

/** The filters that name a record. */
export type RecordFilterName = 'company' | 'object';

/** A text that can be the name of several records, so it has to be searched for. */
export interface RecordName {
  readonly filter: RecordFilterName;
  readonly typed: string;
}

/** The filters and options of a query, before names of records are searched for. */
export interface ParsedFilters {
  readonly texts: AnalyticsTexts;
  /** The typed texts, valid or not, for the form to show again. */
  readonly given: Readonly<Partial<Record<FilterName, string>>>;
  readonly invalid: readonly FieldError[];
  readonly names: readonly RecordName[];
}

/** A text as the value of a filter: valid, not valid, or the name of a record. */
type ReadText = { readonly text: string } | { readonly error: string } | { readonly name: RecordName };

/** Sentences about the records that a filter can name, in English. */
export const RECORD_TEXTS = {
  company: {
    which: message('Which company is “{typed}”?'),
    none: message('matches no company that is linked to a meeting'),
    url: message('must be the URL of a company in the connected HubSpot account'),
    name: message('must be a part of a company’s name'),
  },
  object: {
    which: message('Which custom object is “{typed}”?'),
    none: message('matches no custom object that is linked to a meeting'),
    url: message('must be the URL of a custom object in the connected HubSpot account'),
    name: message('must be a part of a custom object’s name'),
  },
} satisfies Record<RecordFilterName, Record<string, string>>;

const LABELS: Readonly<Record<FilterName, string>> = {
  from: message('From'),
  to: message('To'),
  owner: message('Owner'),
  pipeline: message('Pipeline'),
  stage: message('Stage'),
  company: message('Company'),
  object: message('Custom object'),
  industry: message('Industry'),
  lifecycleStage: message('Lifecycle stage'),
  jobTitle: message('Job title'),
};
const LONGEST_NAME = 200;

/**
 * Reads the query parameters of the page. People can name a company or a custom object by a part of its name or domain,
 * by its id, or by the URL of its page in HubSpot. An invalid filter is ignored, and the page shows the error.
 *
 * @param portalId - the account that the workspace is connected to; null for none
 */
export function parseAnalyticsFilters(query: unknown, portalId: number | null): ParsedFilters {
  const given: Partial<Record<FilterName, string>> = {};
  const texts: Partial<Record<FilterName | OptionName, string>> = {};
  const invalid: FieldError[] = [];
  const names: RecordName[] = [];
  for (const filter of ANALYTICS_FILTERS) {
    const typed = formField(query, filter)?.trim();
    if (typed === undefined || typed === '') continue;
    given[filter] = typed;
    const read =
      filter === 'company' || filter === 'object' ? readRecord(filter, typed, portalId) : readText(filter, typed);
    if ('text' in read) texts[filter] = read.text;
    else if ('name' in read) names.push(read.name);
    else invalid.push(invalidFilter(filter, typed, read.error));
  }
  if (texts.from !== undefined && texts.to !== undefined && texts.from > texts.to) {
    delete texts.to;
    invalid.push({ path: t(LABELS.to), message: t('must not be before the first day') });
  }
  return { texts: { ...texts, ...readOptions(query) }, given, invalid, names };
}

/** The error of a filter that is not valid. */
export function invalidFilter(filter: FilterName, typed: string, why: string): FieldError {
  return { path: t('{filter} “{typed}”', { filter: t(LABELS[filter]), typed: typed.slice(0, 100) }), message: why };
}

/** Forms only send valid options, so an invalid one is ignored and the report's default applies. */
function readOptions(query: unknown): Partial<Record<OptionName, string>> {
  const options: Partial<Record<OptionName, string>> = {};
  for (const name of OPTION_NAMES) {
    const text = formField(query, name)?.trim();
    if (text !== undefined && text !== '' && optionFields[name].safeParse(text).success) options[name] = text;
  }
  return options;
}

function readText(filter: FilterName, text: string): ReadText {
  const read = filterFields[filter].safeParse(text);
  const why = read.error?.issues[0]?.message;
  return read.success && read.data !== undefined
    ? { text: read.data }
    : { error: why === undefined ? t('is not valid') : storedText(why) };
}

function readRecord(filter: RecordFilterName, typed: string, portalId: number | null): ReadText {
  const read = readText(filter, typed);
  if ('text' in read) return read;
  const page = recordAt(typed);
  if (page !== null) {
    const isRight = filter === 'company' ? page.objectType === 'companies' : page.objectType.startsWith('2-');
    if (isRight && page.portalId === portalId) return readText(filter, recordValue(filter, page));
    return { error: t(RECORD_TEXTS[filter].url) };
  }
  if (portalId === null || typed.includes('\0') || typed.length > LONGEST_NAME)
    return { error: t(RECORD_TEXTS[filter].name) };
  return { name: { filter, typed } };
}

/** A record as the value of a filter. */
export function recordValue(
  filter: RecordFilterName,
  record: { readonly objectType: string; readonly id: string },
): string {
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

/** The labels of the filters in use. Options, such as the interval, are no filters. */
export function chosenFilters(texts: AnalyticsTexts): string[] {
  return ANALYTICS_FILTERS.filter((name) => texts[name] !== undefined).map((name) => t(LABELS[name]));
}

/** The options alone. */
export function withoutFilters(texts: AnalyticsTexts): AnalyticsTexts {
  return Object.fromEntries(OPTION_NAMES.flatMap((name) => (texts[name] === undefined ? [] : [[name, texts[name]]])));
}

/** The validated texts in the types that reports need. */
export function askedFor(texts: AnalyticsTexts) {
  return analyticsForm.parse(texts);
}
