import { storedText } from '../../../languages/stored-text';
import { message, numberText, t } from '../../../languages/text';
import { settingsPatchSchema, type SettingName, type Settings, type SettingsPatch } from '../../../meeting/settings';
import { versionOf } from '../layout/live';
import { formField, formFields } from '../layout/session';
import { dealsWords, mappingsWords } from './mappings/mapping-words';
import { fieldProblem } from './fields/field-problem';
import { OUTSIDE_THE_FORM, type FormSettingName, type SettingField } from './fields/setting-field';
import {
  fieldsOf,
  SETTING_FIELDS,
  SETTINGS_FORMS,
  type SettingsForm,
  type SettingsFormId,
} from './sync-settings-fields';

/** The content of a field of any kind: the typed text, whether it is on, the chosen options. */
export interface FieldValue {
  readonly text: string;
  readonly on: boolean;
  readonly chosen: readonly string[];
}

export type FormValues = ReadonlyMap<SettingName, FieldValue>;
export type FormErrors = ReadonlyMap<SettingName, readonly string[]>;

/** An option from the HubSpot account. */
export interface SettingChoice {
  readonly value: string;
  readonly label: string;
}

/** The options from HubSpot; an empty list when none are known. */
export interface SettingChoices {
  readonly pipelines: readonly SettingChoice[];
  readonly objectTypes: readonly SettingChoice[];
}

/** The options of a workspace without a HubSpot account. */
export const NO_CHOICES: SettingChoices = { pipelines: [], objectTypes: [] };

/** The form, as the view draws it. */
export interface SettingsFormModel {
  /** Below PUBLIC_URL. */
  readonly path: string;
  readonly intro: string;
  readonly groups: readonly {
    /** Null for fields that are always shown. */
    readonly title: string | null;
    readonly fields: readonly FieldModel[];
    /** Whether the group begins open, because a field in it is not valid. */
    readonly open: boolean;
  }[];
  /** How many fields are not valid. */
  readonly invalid: number;
}

interface FieldModel {
  readonly name: string;
  readonly kind: 'switch' | 'number' | 'text' | 'lines' | 'choices' | 'one';
  readonly label: string;
  readonly effect: string;
  /** What the workspace's own meetings show about the setting; empty when nothing is known. */
  readonly note: string;
  readonly unit: string | null;
  readonly text: string;
  readonly on: boolean;
  /** Options with their labels, including chosen ones that are no longer known. */
  readonly options: readonly (SettingChoice & { readonly chosen: boolean })[];
  readonly errors: readonly string[];
  /** Whether this is the first field with a validation error. */
  readonly isFirstInvalid: boolean;
  /** Identifies the value that the form was made with, so that only changed fields are saved. */
  readonly was: string;
}

/** A form that was sent: either a patch of the changed fields, or validation errors by field. */
export interface SentForm {
  readonly values: FormValues;
  readonly patch: SettingsPatch;
  readonly errors: FormErrors;
}

/** The values of a new form. */
export function valuesOf(settings: Settings): FormValues {
  return new Map(SETTING_FIELDS.map(({ name }) => [name, valueOf(settings[name])]));
}

/**
 * Reads the form of a page that was sent. The patch has the fields that differ from the value that the form was made with. So it
 * does not undo changes that another person made in the meantime.
 */
export function readSettingsForm(id: SettingsFormId, body: unknown): SentForm {
  const sent = fieldsOf(id).map((field) => {
    const value = {
      text: formField(body, field.name) ?? '',
      on: formField(body, field.name) === 'on',
      chosen: formFields(body, field.name).flatMap((text) => splitLines(text, /[\r\n]+/)),
    };
    return { field, value, raw: rawOf(field, value), was: formField(body, `was.${field.name}`) };
  });
  const parsed = settingsPatchSchema.safeParse(Object.fromEntries(sent.map(({ field, raw }) => [field.name, raw])));
  const errors = new Map<SettingName, string[]>();
  for (const issue of parsed.error?.issues ?? []) {
    const found = sent.find(({ field }) => field.name === issue.path[0]);
    if (found === undefined) continue;
    const [, index] = issue.path;
    const item: unknown = Array.isArray(found.raw) && typeof index === 'number' ? found.raw[index] : undefined;
    // An empty field is the API's null.
    const problem = issue.message.replace(/\bor null\b/, 'or empty');
    const sentence =
      typeof item === 'string'
        ? t('“{item}” {problem}.', { item, problem: storedText(problem) })
        : fieldProblem(problem);
    errors.set(found.field.name, [...(errors.get(found.field.name) ?? []), sentence]);
  }
  const changed = sent.filter(({ field, was }) => parsed.success && versionOf([parsed.data[field.name]]) !== was);
  const names = new Set<string>(changed.map(({ field }) => field.name));
  return {
    values: new Map(sent.map(({ field, value }) => [field.name, value])),
    patch: parsed.success
      ? Object.fromEntries(
          Object.entries(parsed.data)
            .filter(([name]) => names.has(name))
            .map(([name, value]) => [name, Array.isArray(value) ? [...new Set<unknown>(value)] : value]),
        )
      : {},
    errors,
  };
}

/**
 * The model of a page's form.
 *
 * @param was - identifies the value that each field was made with: {@link storedVersions} or {@link sentVersions}
 * @param notes - additional information on a setting, besides its effect
 */
export function settingsForm({
  id,
  was,
  values,
  errors,
  choices,
  notes,
}: {
  readonly id: SettingsFormId;
  readonly was: (name: SettingName) => string;
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly choices: SettingChoices;
  readonly notes: ReadonlyMap<SettingName, string>;
}): SettingsFormModel {
  const { path, intro, groups }: SettingsForm = SETTINGS_FORMS[id];
  const firstInvalid = fieldsOf(id).find(({ name }) => errors.has(name))?.name;
  const fieldModel = (field: SettingField): FieldModel => {
    const value = values.get(field.name) ?? { text: '', on: false, chosen: [] };
    const known = knownOptions(field, choices);
    const unknown = field.kind === 'many' ? value.chosen.filter((one) => !known.some((k) => k.value === one)) : [];
    const options = [
      ...known,
      ...unknown.map((one) => ({ value: one, label: t('{value} (not known in HubSpot)', { value: one }) })),
    ];
    const isList = field.kind === 'many';
    return {
      name: field.name,
      kind: isList ? (known.length === 0 ? 'lines' : 'choices') : field.kind,
      label: t(field.label),
      effect: t(field.effect),
      note: notes.get(field.name) ?? '',
      unit: field.kind === 'number' ? t(field.unit) : null,
      text: isList ? value.chosen.join('\n') : value.text,
      on: value.on,
      options: options.map((option) => ({ ...option, chosen: value.chosen.includes(option.value) })),
      errors: errors.get(field.name) ?? [],
      isFirstInvalid: field.name === firstInvalid,
      was: was(field.name),
    };
  };
  return {
    path,
    intro: t(intro),
    invalid: errors.size,
    groups: groups.map(({ title, fields }) => ({
      title: title && t(title),
      fields: fields.map(fieldModel),
      open: fields.some(({ name }) => errors.has(name)),
    })),
  };
}

/** Identifies the stored values, for the fields of a new form. */
export function storedVersions(settings: Settings): (name: SettingName) => string {
  return (name) => versionOf([settings[name]]);
}

/** The identifiers that a sent form carries, kept so that a later comparison uses the same original values. */
export function sentVersions(body: unknown): (name: SettingName) => string {
  return (name) => formField(body, `was.${name}`) ?? '';
}

/** A setting's value as text, for the list of changes. */
export function settingWords(name: SettingName, value: unknown, choices: SettingChoices): string {
  const field = SETTING_FIELDS.find((one) => one.name === name);
  if (field === undefined) return name === 'fieldMappings' ? mappingsWords(value) : dealsWords(String(value));
  if (typeof value === 'boolean') return t(value ? 'on' : 'off');
  if (value === null)
    return t((field.kind === 'number' || field.kind === 'text' ? field.empty : null) ?? message('none'));
  if (typeof value === 'number') return field.kind === 'number' ? t(field.amount, { count: value }) : numberText(value);
  const known = knownOptions(field, choices);
  const wordOf = (one: unknown) => known.find((option) => option.value === one)?.label ?? String(one);
  if (!Array.isArray(value)) return wordOf(value);
  if (value.length === 0) return t(field.kind === 'many' || field.kind === 'lines' ? field.none : 'none');
  return value.map(wordOf).join(', ');
}

/** The label of a setting. */
export function settingLabel(name: SettingName): string {
  const outside: Partial<Record<SettingName, string>> = OUTSIDE_THE_FORM;
  return t(SETTING_FIELDS.find((field) => field.name === name)?.label ?? outside[name] ?? name);
}

function knownOptions(field: SettingField, choices: SettingChoices): readonly SettingChoice[] {
  if (field.kind === 'one') return field.options.map(({ value, label }) => ({ value, label: t(label) }));
  return field.kind === 'many' ? choices[field.of] : [];
}

function valueOf(value: Settings[FormSettingName]): FieldValue {
  if (typeof value === 'boolean') return { text: '', on: value, chosen: [] };
  if (Array.isArray(value)) return { text: value.join('\n'), on: false, chosen: value };
  const text = value === null ? '' : String(value);
  return { text, on: false, chosen: [text] };
}

/**
 * The value for the schema to validate. A text that is not a number stays unchanged, so that the schema reports the
 * error.
 */
function rawOf(field: SettingField, { text, on, chosen }: FieldValue): unknown {
  switch (field.kind) {
    case 'switch':
      return on;
    case 'number': {
      const typed = text.trim();
      if (typed === '' && field.empty !== null) return null;
      return /^\d+$/.test(typed) ? Number(typed) : typed;
    }
    case 'text':
      return text.trim() === '' ? null : text;
    case 'lines':
      return splitLines(text, field.split);
    case 'many':
      return [...new Set(chosen)];
    case 'one':
      return text;
  }
}

function splitLines(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
