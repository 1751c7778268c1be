import { LANGUAGES } from '../../../../languages/language';
import { t } from '../../../../languages/text';
import { NOTICE_EVENTS } from '../../../../meeting/notices/events';
import type { OutletKind } from '../../../../meeting/notices/outlet';
import type { FieldError } from '../../../../meeting/validation-errors';
import { formField, formFields } from '../../layout/session';
import { fieldProblem } from '../fields/field-problem';
import { addressWords, EVENT_WORDS, EVENTS_FOR_PEOPLE } from './outlet-words';

/** What the form of an outlet has in its fields, valid or not. */
export interface OutletValues {
  readonly name: string;
  readonly address: string;
  readonly events: readonly string[];
  readonly when: string;
  readonly includesText: boolean;
  readonly language: string;
}

/** A field, as `views/settings/field.eta` draws it. */
interface OutletField {
  readonly name: keyof OutletValues;
  readonly kind: 'switch' | 'text' | 'lines' | 'choices' | 'one';
  readonly label: string;
  readonly effect: string;
  readonly note: '';
  readonly text: string;
  readonly on: boolean;
  readonly options: readonly { readonly value: string; readonly label: string; readonly chosen: boolean }[];
  readonly errors: readonly string[];
  readonly isFirstInvalid: boolean;
  readonly was: string;
}

/** The values that the form of a new outlet begins with. @param language - that of the person */
export function newOutlet(kind: OutletKind, language: string): OutletValues {
  return {
    name: '',
    address: '',
    events: kind === 'webhook' ? NOTICE_EVENTS : EVENTS_FOR_PEOPLE,
    when: kind === 'email' ? 'daily' : 'at_once',
    includesText: false,
    language,
  };
}

/** Reads a form that was sent. */
export function readOutletForm(body: unknown, language: string): OutletValues {
  return {
    name: formField(body, 'name') ?? '',
    address: formField(body, 'address') ?? '',
    events: formFields(body, 'events'),
    when: formField(body, 'when') ?? 'at_once',
    includesText: formField(body, 'includesText') === 'on',
    language: formField(body, 'language') ?? language,
  };
}

/** The fields of the form of one outlet. @param errors - by the name of the field */
export function outletFields(kind: OutletKind, values: OutletValues, errors: readonly FieldError[]): OutletField[] {
  const forPeople = kind !== 'webhook';
  const fields: Pick<OutletField, 'name' | 'kind' | 'label' | 'effect' | 'options'>[] = [
    { name: 'name', kind: 'text', label: t('Name'), effect: t('How you call it. Messages name it.'), options: [] },
    { name: 'address', kind: kind === 'email' ? 'lines' : 'text', ...addressWords(kind), options: [] },
    {
      name: 'events',
      kind: 'choices',
      label: t('When'),
      effect: t('Each box is an event that it gets.'),
      options: NOTICE_EVENTS.map((event) => option(event, t(EVENT_WORDS[event]), values.events)),
    },
    ...(forPeople ? peopleFields(values) : []),
    {
      name: 'includesText',
      kind: 'switch',
      label: t('Include titles of meetings'),
      effect: t('And the sentences of reasons. Without it, no content of a meeting leaves the product.'),
      options: [],
    },
  ];
  const firstInvalid = fields.find(({ name }) => errors.some(({ path }) => path.split('.')[0] === name))?.name;
  return fields.map((field) => ({
    ...field,
    note: '',
    text: textOf(values, field.name),
    on: field.name === 'includesText' && values.includesText,
    errors: errors.flatMap(({ path, message }) => (path.split('.')[0] === field.name ? [fieldProblem(message)] : [])),
    isFirstInvalid: field.name === firstInvalid,
    was: '',
  }));
}

function peopleFields({
  when,
  language,
}: OutletValues): Pick<OutletField, 'name' | 'kind' | 'label' | 'effect' | 'options'>[] {
  return [
    {
      name: 'when',
      kind: 'one',
      label: t('How often'),
      effect: t('A digest comes at eight o’clock of your HubSpot account, and only when there is something to report.'),
      options: [
        option('at_once', t('At once: what happens together is one message'), [when]),
        option('daily', t('One digest a day'), [when]),
      ],
    },
    {
      name: 'language',
      kind: 'one',
      label: t('Language'),
      effect: t('Of the messages.'),
      options: [...LANGUAGES.values()].map(({ code, name }) => option(code, name, [language])),
    },
  ];
}

function option(value: string, label: string, chosen: readonly string[]) {
  return { value, label, chosen: chosen.includes(value) };
}

function textOf(values: OutletValues, name: keyof OutletValues): string {
  const value = values[name];
  return typeof value === 'string' ? value : '';
}
