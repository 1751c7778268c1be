import { IntlMessageFormat, type FormatXMLElementFn } from 'intl-messageformat';
import { currentLanguage } from './language';

/** Values for the placeholders of a text. */
export type TextValues = Readonly<Record<string, string | number>>;
/** What surrounds the text between a tag and its end, such as `<a>` and `</a>`. */
export type TextTags = Readonly<Record<string, (inner: string) => string>>;

/** Parsed texts by language and text. Their number is bounded: texts are constants of the source. */
const formats = new Map<string, IntlMessageFormat>();

/**
 * A text in the language of the request. `test/unit/languages` finds texts without a translation.
 *
 * @param english - the English text in the ICU message format: `{count, plural, one {# meeting} other {# meetings}}`,
 *   `{name}`, `{count, number}`. A constant, never a text with values in it
 * @param values - for the placeholders; they are inserted unchanged, and numbers in the language's format only with
 *   `number` or `#`
 */
export function t(english: string, values?: TextValues): string {
  return values === undefined ? translationOf(english) : String(formatOf(translationOf(english)).format(values));
}

/**
 * Marks a constant as a text that {@link t} translates where it is shown, for tables that are built before a request.
 * It returns the text unchanged.
 */
export function message(english: string): string {
  return english;
}

/**
 * Like {@link t}, for a text with tags such as `See <a>the guide</a>.`
 *
 * @param escape - escapes text for HTML; applied to the translation and to the values
 * @returns HTML
 */
export function taggedText(
  english: string,
  tags: TextTags,
  values: TextValues,
  escape: (text: string) => string,
): string {
  const wrappers = Object.entries(tags).map(([name, wrap]): [string, FormatXMLElementFn<string>] => [
    name,
    (chunks) => wrap(chunks.join('')),
  ]);
  const escaped = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? value : escape(value),
  ]);
  const text = translationOf(english).replaceAll('&', '&amp;');
  return String(formatOf(text).format({ ...Object.fromEntries(escaped), ...Object.fromEntries(wrappers) }));
}

/** `2,000` in English. */
export function numberText(value: number, options?: Intl.NumberFormatOptions): string {
  return value.toLocaleString(currentLanguage().locale, options);
}

/** `€62,000`, `€1,200.50`; a number alone without the code of a currency, as HubSpot has it. */
export function moneyText(value: number, currency: unknown): string {
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    return numberText(value, { maximumFractionDigits: 2 });
  return numberText(value, { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' });
}

/** `Ana, Leo, and Marc` in English. */
export function listText(parts: readonly string[]): string {
  return new Intl.ListFormat(currentLanguage().locale).format(parts);
}

function translationOf(english: string): string {
  return currentLanguage().messages[english] ?? english;
}

function formatOf(text: string): IntlMessageFormat {
  const { code, locale } = currentLanguage();
  const key = `${code} ${text}`;
  let format = formats.get(key);
  if (format === undefined) formats.set(key, (format = new IntlMessageFormat(text, locale)));
  return format;
}
