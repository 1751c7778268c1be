import { expect, test } from '@jest/globals';
import { en } from '../../../src/meeting/content/texts/en';
import { es } from '../../../src/meeting/content/texts/es';
import { languageOf, supportedLanguages } from '../../../src/meeting/content/texts/registry';

test.each([
  ['en', en, 'en-GB'],
  ['en-US', en, 'en-US'],
  ['es', es, 'es-ES'],
  ['es-419', es, 'es-419'],
  ['es-Latn-MX-u-ca-buddhist', es, 'es-MX'],
  ['de-DE', en, 'en-GB'],
  ['und', en, 'en-GB'],
])('the texts and locale of %s', (tag, texts, locale) => {
  expect(languageOf(tag)).toEqual({ texts, locale });
});

test.each(supportedLanguages)('%s has a locale of its own language and a word for one and for many', (language) => {
  const { texts } = languageOf(language);
  expect(new Intl.Locale(texts.locale).language).toBe(language);
  for (const counted of [texts.topics, texts.steps, texts.notesAndClips]) {
    expect(counted(1, '1')).toContain('1');
    expect(counted(2, '2').replace('2', '1')).not.toBe(counted(1, '1'));
  }
});
