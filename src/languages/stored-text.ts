import { currentLanguage, type Language } from './language';
import { listText, numberText } from './text';

/** An English sentence with placeholders, and its translation. */
interface Pattern {
  readonly sentence: RegExp;
  readonly translation: string;
}

/** API texts have straight apostrophes, pages have typographic ones. */
const APOSTROPHE = /(?<=\p{L})'(?=\p{L})/gu;
const PLACEHOLDER = /\{(\w+)\}/g;
const COUNT = String.raw`[\d,.]+`;
const NUMBER = /^\d{1,3}(?:,\d{3})+$/;
/** As `Intl.ListFormat` writes English lists. The parentheses keep the separators. */
const SEPARATOR = /(, and | and |, )/;

const patterns = new Map<string, readonly Pattern[]>();

/**
 * A sentence that was stored or built in English, such as a reason or a warning, in the language of the request. Values
 * in it are translated too: known sentences, numbers, and lists of known sentences. `test/unit/languages` builds such
 * sentences and finds those without a translation.
 *
 * @returns the sentence itself when the language has no translation, as for a message of HubSpot’s; with the
 *   apostrophes of the pages
 */
export function storedText(sentence: string): string {
  return currentLanguage().messages[sentence] ?? translationOf(sentence) ?? sentence.replaceAll(APOSTROPHE, '’');
}

function translationOf(sentence: string): string | null {
  const language = currentLanguage();
  const exact = language.stored[sentence];
  if (exact !== undefined) return exact;
  for (const pattern of patternsOf(language)) {
    const found = pattern.sentence.exec(sentence);
    if (found !== null)
      return pattern.translation.replaceAll(PLACEHOLDER, (_placeholder, name: string) =>
        valueText(found.groups?.[name] ?? ''),
      );
  }
  return null;
}

function valueText(value: string): string {
  if (NUMBER.test(value)) return numberText(Number(value.replaceAll(',', '')));
  const known = knownText(value);
  if (known !== null || !value.endsWith('.')) return known ?? value;
  // A sentence at the end of another one ends with the stop of both.
  const unstopped = translationOf(value.slice(0, -1));
  return unstopped === null ? value : `${unstopped}.`;
}

/** A known sentence, or a list of them, in which separators may be parts of a sentence. */
function knownText(value: string): string | null {
  const translated: string[] = [];
  let part = '';
  for (const [index, piece] of value.split(SEPARATOR).entries()) {
    if (index % 2 === 1 && part === '') continue;
    part += piece;
    const known = index % 2 === 0 ? translationOf(part) : null;
    if (known === null) continue;
    translated.push(known);
    part = '';
  }
  return part === '' ? listText(translated) : null;
}

/** The patterns of a language, first those with the most constant text, so that the most precise one is found. */
function patternsOf({ code, stored }: Language): readonly Pattern[] {
  let known = patterns.get(code);
  if (known === undefined) {
    known = Object.entries(stored)
      .filter(([english]) => english.search(PLACEHOLDER) >= 0)
      .toSorted(([one], [other]) => constantLength(other) - constantLength(one))
      .map(([english, translation]) => ({ sentence: expressionOf(english), translation }));
    patterns.set(code, known);
  }
  return known;
}

function constantLength(english: string): number {
  return english.replaceAll(PLACEHOLDER, '').length;
}

function expressionOf(english: string): RegExp {
  // `split` puts the names of the placeholders at the odd places.
  const parts = english.split(PLACEHOLDER).map((part, index) => (index % 2 === 1 ? valueOf(part) : escaped(part)));
  return new RegExp(`^${parts.join('')}$`, 's');
}

function valueOf(placeholder: string): string {
  return `(?<${placeholder}>${placeholder === 'count' ? COUNT : '.+?'})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
