import { AsyncLocalStorage } from 'node:async_hooks';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { requestContext } from '@fastify/request-context';
import { z } from 'zod';

declare module '@fastify/request-context' {
  interface RequestContextData {
    language: Language;
  }
}

/** A language of the pages. Its file is `<code>.json` in this folder. */
export interface Language {
  /** ISO 639-1 */
  readonly code: string;
  /** In the language itself, for the switch. */
  readonly name: string;
  /** For numbers, currencies and plural forms. */
  readonly locale: string;
  /** For dates and times. */
  readonly dateLocale: string;
  /** Translations by their English text, both in the ICU message format. */
  readonly messages: Readonly<Record<string, string>>;
  /**
   * Translations of sentences that are stored in English, by the sentence. Placeholders such as `{name}` are for values;
   * `{count}` is for a number.
   */
  readonly stored: Readonly<Record<string, string>>;
}

const languageFile = z.strictObject({
  name: z.string(),
  locale: z.string(),
  dateLocale: z.string(),
  messages: z.record(z.string(), z.string()),
  stored: z.record(z.string(), z.string()),
});

/** The files stay in `src`. The same relative path reaches them from `src/languages` and from `dist/languages`. */
const LANGUAGES_FOLDER = path.resolve(__dirname, '../../src/languages');

/** Every language that has a file, by its code. */
export const LANGUAGES: ReadonlyMap<string, Language> = new Map(
  readdirSync(LANGUAGES_FOLDER)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => {
      const code = path.basename(file, '.json');
      const text = readFileSync(path.join(LANGUAGES_FOLDER, file), 'utf8');
      return [code, { code, ...languageFile.parse(JSON.parse(text)) }];
    }),
);

/** The language of the source texts. It needs no translations. */
const ENGLISH = languageWithCode('en');

const outsideOfRequests = new AsyncLocalStorage<Language>();

/** The language of the request that is being answered. English outside of requests. */
export function currentLanguage(): Language {
  return outsideOfRequests.getStore() ?? requestContext.get('language') ?? ENGLISH;
}

/** Calls a function whose texts are in this language, without a request. */
export function inLanguage<Result>(code: string, call: () => Result): Result {
  return outsideOfRequests.run(languageWithCode(code), call);
}

/**
 * The language for a browser.
 *
 * @param chosen - the code that a person chose with the switch; ignored when there is no such language
 * @param accepted - the language tags of the header `Accept-Language`, the preferred one first
 * @returns English when the browser accepts no language that has a file
 */
export function languageFor(chosen: string | undefined, accepted: readonly string[]): Language {
  for (const tag of [chosen ?? '', ...accepted]) {
    const language = LANGUAGES.get(tag.split('-', 1)[0]?.toLowerCase() ?? '');
    if (language !== undefined) return language;
  }
  return ENGLISH;
}

function languageWithCode(code: string): Language {
  const language = LANGUAGES.get(code);
  if (language === undefined) throw new Error(`src/languages has no file ${code}.json`);
  return language;
}
