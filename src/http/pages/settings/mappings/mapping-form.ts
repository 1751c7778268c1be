import { FIELD_KEY } from '../../../../meeting/fields/meeting-field';
import type { FieldMapping } from '../../../../meeting/fields/mapping';
import { settingsPatchSchema, type Settings, type SettingsPatch } from '../../../../meeting/settings';
import { t } from '../../../../languages/text';
import { versionOf } from '../../layout/live';
import { formField } from '../../layout/session';
import { fieldProblem } from '../fields/field-problem';

/** A line of the form. `property` is empty until a person chose one. */
export type MappingRow = Omit<FieldMapping, 'policy'> & {
  readonly policy: string;
  /** Not saved yet: the property can still be chosen. */
  readonly isNew: boolean;
};

/** The form as it was sent, or as it is stored. */
export interface MappingForm {
  readonly rows: readonly MappingRow[];
  readonly fieldDeals: string;
  /** Identify the stored values that the form was made with. */
  readonly was: { readonly fieldMappings: string; readonly fieldDeals: string };
  /** Errors by the number of the row; -1 for the whole form. */
  readonly errors: ReadonlyMap<number, readonly string[]>;
  /** The changed settings; empty when something is not valid. */
  readonly patch: SettingsPatch;
  /** Both settings as the form has them, for the preview; null when something is not valid. */
  readonly settings: Pick<Settings, 'fieldMappings' | 'fieldDeals'> | null;
}

type Stored = Pick<Settings, 'fieldMappings' | 'fieldDeals'>;

/** The form of the stored settings. */
export function storedForm({ fieldMappings, fieldDeals }: Stored): MappingForm {
  return {
    rows: fieldMappings.map((mapping) => ({ ...mapping, isNew: false })),
    fieldDeals,
    was: { fieldMappings: versionOf(fieldMappings), fieldDeals: versionOf([fieldDeals]) },
    errors: new Map(),
    patch: {},
    settings: { fieldMappings, fieldDeals },
  };
}

/** Reads the form that was sent. Removed rows are dropped. */
export function readMappingForm(body: unknown): MappingForm {
  const text = (name: string) => formField(body, name) ?? '';
  const rows: MappingRow[] = [];
  for (let index = 0; formField(body, `field.${index}`) !== undefined; index += 1) {
    if (text(`remove.${index}`) === 'on') continue;
    rows.push({
      field: text(`field.${index}`),
      objectType: text(`objectType.${index}`),
      property: text(`property.${index}`),
      policy: text(`policy.${index}`) || 'ours',
      isNew: text(`new.${index}`) === 'true',
    });
  }
  return checkedForm({
    rows,
    fieldDeals: text('fieldDeals'),
    was: { fieldMappings: text('was.fieldMappings'), fieldDeals: text('was.fieldDeals') },
  });
}

/** The form with one more row, whose property is chosen next. */
export function withNewRow(form: MappingForm, body: unknown): MappingForm {
  const typed = (formField(body, 'add.key') ?? '').trim();
  const field = typed === '' ? (formField(body, 'add.field') ?? '') : typed;
  const objectType = formField(body, 'add.objectType') ?? '';
  if (FIELD_KEY.test(field))
    return {
      ...form,
      rows: [...form.rows, { field, objectType, property: '', policy: 'ours', isNew: true }],
      patch: {},
      settings: null,
    };
  const why = t('Choose a value, or type the key of one: lower-case letters, digits and underscores.');
  return { ...form, errors: new Map([...form.errors, [-1, [why]]]) };
}

function checkedForm(sent: Pick<MappingForm, 'rows' | 'fieldDeals' | 'was'>): MappingForm {
  const { rows, fieldDeals, was } = sent;
  const parsed = settingsPatchSchema.safeParse({
    fieldMappings: rows.map(({ isNew: _isNew, ...mapping }) => mapping),
    fieldDeals,
  });
  if (!parsed.success) {
    const errors = new Map<number, string[]>();
    for (const { code, path, message } of parsed.error.issues) {
      const [, index] = path;
      const row = typeof index === 'number' ? index : -1;
      const isUnchosen = rows[row]?.property === '';
      const sentence = isUnchosen
        ? t('Choose a property.')
        : code === 'custom'
          ? t('Another value is written to this property. Choose another property for one of them.')
          : fieldProblem(message);
      errors.set(row, [...new Set([...(errors.get(row) ?? []), sentence])]);
    }
    return { ...sent, errors, patch: {}, settings: null };
  }
  const { fieldMappings = [], fieldDeals: deals = 'open' } = parsed.data;
  return {
    ...sent,
    errors: new Map(),
    settings: { fieldMappings, fieldDeals: deals },
    patch: {
      ...(versionOf(fieldMappings) === was.fieldMappings ? {} : { fieldMappings }),
      ...(versionOf([deals]) === was.fieldDeals ? {} : { fieldDeals: deals }),
    },
  };
}
