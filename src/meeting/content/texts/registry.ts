import { en } from './en';
import { es } from './es';
import type { MeetingTexts } from './texts';

const registry: ReadonlyMap<string, MeetingTexts> = new Map([
  ['en', en],
  ['es', es],
]);

/** The texts of a meeting's language and the locale in which its dates and numbers are written. */
export type MeetingLanguage = { readonly texts: MeetingTexts; readonly locale: string };

/**
 * Chosen by the tag's primary subtag; a region only decides how dates and numbers are written (`es-MX`). A language
 * without texts gets English ones, dates included, rather than two languages in one line.
 */
export function languageOf(tag: string): MeetingLanguage {
  const { language, region } = new Intl.Locale(tag);
  const texts = registry.get(language);
  if (texts === undefined) return { texts: en, locale: en.locale };
  return { texts, locale: region === undefined ? texts.locale : `${language}-${region}` };
}

/** Languages that have texts of their own, as primary subtags. */
export const supportedLanguages: readonly string[] = [...registry.keys()];
