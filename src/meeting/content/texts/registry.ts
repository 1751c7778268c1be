import { en } from './en';
import { es } from './es';
import type { MeetingTexts } from './texts';

const registry: ReadonlyMap<string, MeetingTexts> = new Map([
  ['en', en],
  ['es', es],
]);

/** The texts of a meeting's language, and the locale for its dates and numbers. */
export type MeetingLanguage = { readonly texts: MeetingTexts; readonly locale: string };

/**
 * Selects texts by the tag's primary subtag. A region only decides the format of dates and numbers (`es-MX`). A
 * language without texts gets English ones, including dates, so that a line never mixes two languages.
 */
export function languageOf(tag: string): MeetingLanguage {
  const { language, region } = new Intl.Locale(tag);
  const texts = registry.get(language);
  if (texts === undefined) return { texts: en, locale: en.locale };
  return { texts, locale: region === undefined ? texts.locale : `${language}-${region}` };
}

/** Languages with their own texts, as primary subtags. */
export const supportedLanguages: readonly string[] = [...registry.keys()];
