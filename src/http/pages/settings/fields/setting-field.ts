import { message } from '../../../../languages/text';
import type { SettingName } from '../../../../meeting/settings';

/** The kind of a setting's form field. */
type FieldKind =
  | { readonly kind: 'switch' }
  /**
   * `unit`: the words beside the field; `amount`: a value with them, as a text with `count`; `empty`: the meaning of an empty
   * field; null when a number is required.
   */
  | { readonly kind: 'number'; readonly unit: string; readonly amount: string; readonly empty: string | null }
  | { readonly kind: 'text'; readonly empty: string }
  /** One value per line; `split` is the separator, because people also separate values by commas. */
  | { readonly kind: 'lines'; readonly none: string; readonly split: RegExp }
  /** Options from HubSpot. A text field while none are known. */
  | { readonly kind: 'many'; readonly none: string; readonly of: 'pipelines' | 'objectTypes' }
  | { readonly kind: 'one'; readonly options: readonly { readonly value: string; readonly label: string }[] };

/** Settings that have a page of their own, which is no list of fields. */
export const OUTSIDE_THE_FORM = {
  fieldMappings: message('Values for properties'),
  fieldDeals: message('Deals that values are written to'),
} as const;
export type FormSettingName = Exclude<SettingName, keyof typeof OUTSIDE_THE_FORM>;

/** A setting, as people read it. */
export type SettingField = FieldKind & {
  readonly name: FormSettingName;
  readonly label: string;
  /** What the setting does, and what it costs or saves. */
  readonly effect: string;
};
