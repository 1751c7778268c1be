import { recordAt } from '../../../connection/record-search';
import { FILTER_NAMES, filterFields, type FilterTexts } from '../../meeting-filters';
import type { FieldError } from '../../../meeting/validation-errors';
import { formField } from '../layout/session';

/** The filters of the list, as a form or an address gives them. */
export interface ListFilters {
  /** The typed texts, valid or not, for the form to show again. */
  readonly given: Readonly<Record<string, string>>;
  /** The texts that are valid. */
  readonly texts: FilterTexts;
  readonly invalid: readonly FieldError[];
}

const LABELS = { q: 'Search', from: 'From', to: 'To', record: 'Record' } as const;

/** Reads the filters of a query. */
export function readFilters(query: unknown): ListFilters {
  const given: Record<string, string> = {};
  const texts: Record<string, string> = {};
  const invalid: FieldError[] = [];
  for (const name of FILTER_NAMES) {
    const text = formField(query, name)?.trim();
    if (text === undefined || text === '') continue;
    given[name] = text;
    const read = filterFields[name].safeParse(name === 'record' ? recordText(text) : text);
    if (read.success && read.data !== undefined) texts[name] = read.data;
    // Only forms and links set status and reason, so an invalid value is ignored.
    else if (!read.success && name !== 'status' && name !== 'reason')
      invalid.push({ path: LABELS[name], message: read.error.issues[0]?.message ?? 'is not valid' });
  }
  return { given, texts, invalid };
}

/** The filters as a query; "" for none. */
export function queryOf(texts: FilterTexts, cursor?: string): string {
  const query = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = texts[name];
    if (value !== undefined) query.set(name, value);
  }
  if (cursor !== undefined) query.set('cursor', cursor);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** People may paste the address of a record's page in HubSpot. */
function recordText(text: string): string {
  const record = recordAt(text);
  return record === null ? text : `${record.objectType}/${record.id}`;
}
