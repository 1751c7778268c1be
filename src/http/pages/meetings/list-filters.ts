import { message, t } from '../../../languages/text';
import { recordAt } from '../../../connection/record-search';
import type { FieldError } from '../../../meeting/validation-errors';
import { LIST_STATES, stateOf, type ListState } from '../../../meeting/list-states';
import { filterFields, type FilterTexts } from '../../meeting-filters';
import { formField } from '../layout/session';

/** The filters and the order of the list, as texts. */
export interface ListTexts extends Omit<FilterTexts, 'status'> {
  readonly state?: ListState | undefined;
  readonly sort?: 'oldest' | undefined;
}

/** The filters of the list, as a form or an address gives them. */
export interface ListFilters {
  /** The typed texts, valid or not, for the form to show again. */
  readonly given: Readonly<Record<string, string>>;
  /** The valid ones. */
  readonly texts: ListTexts;
  readonly invalid: readonly FieldError[];
}

/** The names, in the order in which addresses list them. */
export const LIST_NAMES = ['state', 'reason', 'q', 'from', 'to', 'record', 'sort'] as const;

const LABELS = { q: message('Search'), from: message('From'), to: message('To'), record: message('Record') } as const;

/** Reads the filters of a query. `status`, the filter of the API, chooses the state that has it. */
export function readFilters(query: unknown): ListFilters {
  const given: Record<string, string> = {};
  const texts: Record<string, string> = {};
  const invalid: FieldError[] = [];
  for (const name of ['reason', 'q', 'from', 'to', 'record'] as const) {
    const text = formField(query, name)?.trim();
    if (text === undefined || text === '') continue;
    given[name] = text;
    const read = filterFields[name].safeParse(name === 'record' ? recordText(text) : text);
    if (read.success && read.data !== undefined) texts[name] = read.data;
    // Only forms and links set the reason, so an invalid value is ignored.
    else if (!read.success && name !== 'reason')
      invalid.push({ path: t(LABELS[name]), message: t(read.error.issues[0]?.message ?? message('is not valid')) });
  }
  const state = stateFrom(query);
  const order = formField(query, 'sort') === 'oldest' ? { sort: 'oldest' as const } : {};
  return { given, texts: { ...(state === undefined ? {} : { state }), ...texts, ...order }, invalid };
}

function stateFrom(query: unknown): ListState | undefined {
  const chosen = formField(query, 'state');
  const state = LIST_STATES.find((known) => known === chosen);
  if (state !== undefined) return state;
  const status = filterFields.status.safeParse(formField(query, 'status'));
  if (!status.success || status.data === undefined) return undefined;
  return stateOf(status.data, formField(query, 'reason') === 'no_crm_match');
}

/** The filters as a query; "" for none. */
export function queryOf(texts: ListTexts, cursor?: string): string {
  const query = new URLSearchParams();
  for (const name of LIST_NAMES) {
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
