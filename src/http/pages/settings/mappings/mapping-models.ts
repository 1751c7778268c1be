import { storedText } from '../../../../languages/stored-text';
import { t } from '../../../../languages/text';
import { FIELD_DEALS } from '../../../../meeting/fields/mapping';
import { fittingProperties } from '../../../../meeting/fields/fitting';
import type { FieldValue } from '../../../../meeting/fields/meeting-field';
import { STANDARD_PROPERTIES } from '../../../../meeting/fields/standard-properties';
import type { KnownProperties } from '../../../../planning/fields/candidates-of';
import { kindOf } from '../../layout/status-words';
import type { MappingForm, MappingRow } from './mapping-form';
import { dealsWords, fieldChoices, fieldWords, policyChoices, typeWords, type Choice } from './mapping-words';

type ChosenChoice = Choice & { readonly chosen: boolean };

/** A mapping, as the page shows it. */
interface RowModel {
  readonly index: number;
  readonly field: Choice;
  readonly objectType: Choice;
  /** The chosen property with what it takes; null while it can still be chosen. */
  readonly property: (Choice & { readonly takes: string }) | null;
  /** The properties that take values of the field; empty when the property is chosen. */
  readonly properties: readonly ChosenChoice[];
  readonly policies: readonly ChosenChoice[];
  readonly errors: readonly string[];
}

/** The form with all mappings, as the view draws it. */
export interface MappingFormModel {
  readonly path: string;
  /** How many rows are not valid. */
  readonly invalid: number;
  readonly errors: readonly string[];
  readonly rows: readonly RowModel[];
  readonly was: MappingForm['was'];
  readonly deals: readonly ChosenChoice[];
  readonly policies: readonly (Choice & { readonly sentence: string })[];
  /** What can be added. */
  readonly fields: readonly Choice[];
  readonly objectTypes: readonly Choice[];
}

/** What the page knows of the account. */
export interface MappingFacts {
  readonly path: string;
  /** By object type; without entries while HubSpot cannot be asked. */
  readonly properties: ReadonlyMap<string, KnownProperties>;
  readonly seen: ReadonlyMap<string, readonly FieldValue[]>;
  /** Custom object types. */
  readonly customTypes: readonly Choice[];
}

/** The form with the properties that each row can be given, in the language of the request. */
export function mappingFormModel(form: MappingForm, facts: MappingFacts): MappingFormModel {
  const rows = form.rows.map((row, index) => rowModel(form, row, index, facts));
  const standard = ['contacts', 'companies', 'deals'].map((value) => ({ value, label: kindOf(value) }));
  return {
    path: facts.path,
    invalid: form.errors.size,
    errors: form.errors.get(-1) ?? [],
    rows,
    was: form.was,
    deals: FIELD_DEALS.map((value) => ({
      value,
      label: dealsWords(value),
      chosen: value === form.fieldDeals,
    })),
    policies: policyChoices(),
    fields: fieldChoices([...facts.seen.keys(), ...form.rows.map(({ field }) => field)]),
    objectTypes: [...standard, ...facts.customTypes],
  };
}

function rowModel(form: MappingForm, row: MappingRow, index: number, facts: MappingFacts): RowModel {
  const { field, objectType, property: name, policy, isNew } = row;
  const known = facts.properties.get(objectType);
  const property = known?.byName.get(name);
  const label = facts.customTypes.find(({ value }) => value === objectType)?.label ?? kindOf(objectType);
  return {
    index,
    field: { value: field, label: fieldWords(field) },
    objectType: { value: objectType, label },
    property: isNew
      ? null
      : {
          value: name,
          label: property?.label ?? name,
          takes:
            property !== undefined
              ? typeWords(property)
              : known === undefined
                ? ''
                : known.refused === null
                  ? t('HubSpot has no such property, or it is archived.')
                  : storedText(known.refused),
        },
    properties: isNew ? offered(form, row, facts) : [],
    policies: policyChoices().map((choice) => ({ ...choice, chosen: choice.value === policy })),
    errors: form.errors.get(index) ?? [],
  };
}

/** The properties that a row can be given: they take the field, and no other row has them. */
function offered(form: MappingForm, row: MappingRow, { properties, seen }: MappingFacts): ChosenChoice[] {
  const { field, objectType, property: chosen } = row;
  const taken = new Set(
    form.rows.filter((other) => other !== row && other.objectType === objectType).map(({ property }) => property),
  );
  const all = [...(properties.get(objectType)?.byName.values() ?? [])].filter(({ name }) => !taken.has(name));
  const fitting = fittingProperties(field, seen.get(field) ?? [], all);
  const standard = STANDARD_PROPERTIES.find((each) => each.field === field)?.name;
  const wanted = chosen === '' && fitting.some(({ name }) => name === standard) ? standard : chosen;
  return fitting
    .toSorted((one, other) => one.label.localeCompare(other.label))
    .map((property) => ({
      value: property.name,
      label: `${property.label} · ${typeWords(property)}`,
      chosen: property.name === wanted,
    }));
}
