import accepts from '@fastify/accepts';
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from '@jest/globals';
import { currentLanguage, inLanguage, languageFor, LANGUAGES } from '../../../src/languages/language';
import { withLocalTimes } from '../../../src/http/pages/layout/format';
import { registerLanguages } from '../../../src/http/pages/layout/languages';
import { returnPath } from '../../../src/http/pages/layout/language-switch';
import { PageTemplates } from '../../../src/http/plumbing/page-templates';
import { listText, message, numberText, t, taggedText } from '../../../src/languages/text';
import { storedText } from '../../../src/languages/stored-text';
import { pageTexts } from '../../support/page-texts';
import { otherStoredSentences, sampleReasons, sampleWarnings } from '../../support/stored-sentences';

const TEMPLATE_AND_CODE = 'src/**/*.{ts,eta}';
const translations = [...LANGUAGES.values()].filter(({ code }) => code !== 'en');

describe('texts of the pages', () => {
  const { marked, built } = pageTexts(TEMPLATE_AND_CODE);
  const used = new Set(marked.map(({ text }) => text));

  test('each text is a constant', () => expect(built).toEqual([]));

  test('no tag has the name of a placeholder, whose value would replace it', () => {
    const tags = (text: string) => [...text.matchAll(/<(\w+)>/g)].map(([, name]) => name ?? '');
    const clashes = [...used].filter((text) => tags(text).some((name) => new RegExp(`\\{${name}\\b`).test(text)));
    expect(clashes).toEqual([]);
  });

  test('apostrophes are typographic', () => {
    const spanish = translations.flatMap(({ messages, stored }) => [
      ...Object.values(messages),
      ...Object.values(stored),
    ]);
    expect([...used, ...spanish].filter((text) => /\p{L}'\p{L}/u.test(text))).toEqual([]);
  });

  test.each(translations)('each text has a translation: $code', ({ messages }) => {
    expect([...used].filter((text) => messages[text] === undefined)).toEqual([]);
  });

  test.each(translations)('each translation has a text: $code', ({ messages }) => {
    expect(Object.keys(messages).filter((text) => !used.has(text))).toEqual([]);
  });

  test.each(translations)('a translation calls other texts in quotes by their translation: $code', (language) => {
    const { messages, stored } = language;
    const different = Object.entries({ ...stored, ...messages }).flatMap(([english, translated]) =>
      [...english.matchAll(/“(?<text>[^”{]+)”/g)].flatMap(({ groups }) => {
        const quoted = messages[groups?.['text'] ?? ''];
        return quoted === undefined || translated.includes(quoted) ? [] : [[quoted, translated]];
      }),
    );
    expect(different).toEqual([]);
  });

  test.each(translations)('a translation has the placeholders and tags of its text: $code', ({ messages, locale }) => {
    const different = Object.entries(messages).filter(
      ([english, translated]) => placeholders(english, 'en') !== placeholders(translated, locale),
    );
    expect(different).toEqual([]);
  });
});

describe('pages', () => {
  test.each(['src/analytics/**/*.ts', ...CONVERTED()])('every text of %s is marked', (pattern) => {
    const { unmarked } = pageTexts(pattern);
    expect(unmarked.filter(({ text }) => !NO_TEXTS.has(text))).toEqual([]);
  });
});

describe('t', () => {
  test('translates in the language of the request', () => {
    expect(t('{count} h ago', { count: 3 })).toBe('3 h ago');
    expect(inLanguage('es', () => t('{count} h ago', { count: 3 }))).toBe('hace 3 h');
  });

  test('translates a constant of a table where it is shown', () => {
    const word = message('Language');
    expect(inLanguage('es', () => t(word))).toBe('Idioma');
  });

  test('formats numbers and plural forms', () => {
    const text = '{count, plural, one {# meeting} other {# meetings}}';
    expect([1, 2000].map((count) => t(text, { count }))).toEqual(['1 meeting', '2,000 meetings']);
    expect(inLanguage('es', () => numberText(20_000))).toBe('20.000');
  });

  test('lists in the order and with the words of the language', () => {
    const names = ['Ana', 'Leo', 'Marc'];
    expect([listText(names), inLanguage('es', () => listText(names))]).toEqual([
      'Ana, Leo, and Marc',
      'Ana, Leo y Marc',
    ]);
  });

  test('surrounds a part with an element of escaped attributes', () => {
    const { element } = new PageTemplates();
    const tags = { a: element('a', { href: '/x?a=1&b="' }), strong: element('strong') };
    expect(taggedText('See <a>it</a> <strong>now</strong>.', tags, {}, String)).toBe(
      'See <a href="/x?a=1&amp;b=&quot;">it</a> <strong>now</strong>.',
    );
  });

  test('escapes text and values around tags', () => {
    const tags = { a: (inner: string) => `<a href="/x">${inner}</a>` };
    const escape = (text: string) => text.replaceAll('<', '&lt;');
    expect(taggedText('R&D: see <a>{name}</a>.', tags, { name: '<b>' }, escape)).toBe(
      'R&amp;D: see <a href="/x">&lt;b></a>.',
    );
  });
});

describe('sentences that are stored in English', () => {
  const sentences = [
    ...Object.values(sampleReasons)
      .flat()
      .flatMap(({ message: happened, action }) => [happened, action]),
    ...sampleWarnings(),
    ...otherStoredSentences(),
  ];

  test.each(translations)('each one has a translation: $code', ({ code }) => {
    const translated = new Map(sentences.map((sentence) => [sentence, inLanguage(code, () => storedText(sentence))]));
    expect(sentences.filter((sentence) => translated.get(sentence) === sentence)).toEqual([]);
  });

  test.each(translations)('each translation has a sentence: $code', ({ stored }) => {
    const all = sentences.join('\n');
    const isUsed = (english: string) => english.split(/\{\w+\}/).every((part) => all.includes(part));
    expect(Object.keys(stored).filter((english) => !isUsed(english))).toEqual([]);
  });

  test.each(translations)('each translation has the placeholders of its sentence: $code', ({ stored, locale }) => {
    const different = Object.entries(stored).filter(
      ([english, translated]) => placeholders(english, 'en') !== placeholders(translated, locale),
    );
    expect(different).toEqual([]);
  });

  test.each([
    [
      'values stay',
      'HubSpot refused to save an activity: Property "region" is required.',
      'HubSpot se negó a guardar una actividad: Property "region" is required.',
    ],
    [
      'a known value is translated',
      'HubSpot failed at every retry: HubSpot could not be reached.',
      'HubSpot falló en todos los reintentos: no se pudo contactar con HubSpot.',
    ],
    ['numbers', '20,000 more warnings are not listed.', 'No se muestran 20.000 avisos más.'],
    [
      'lists',
      'A person deleted the Meeting Summary and the Smart Category Notes in HubSpot, so they are not created again.',
      'Una persona eliminó el resumen de la reunión y las notas por categoría inteligente en HubSpot, así que no se vuelven a crear.',
    ],
    [
      'lists of texts with separators',
      'HubSpot refused to save an activity because of the properties “a” (one, two and three), “b” (c), and 2 more.',
      'HubSpot se negó a guardar una actividad por las propiedades «a» (one, two and three), «b» (c) y 2 más.',
    ],
    ['unknown sentences', 'The moon is full.', 'The moon is full.'],
  ])('%s', (_name, english, spanish) => {
    expect(storedText(english)).toBe(english);
    expect(inLanguage('es', () => storedText(english))).toBe(spanish);
  });

  test('have their times in the language and the time zone', () => {
    const sentence = 'HubSpot is not responding; the next try is at 2026-11-18 14:30 UTC.';
    const shown = inLanguage('es', () => withLocalTimes(sentence, 'Europe/Madrid', new Date('2026-11-18T00:00:00Z')));
    expect(shown).toBe('HubSpot no responde; el próximo intento será el mié 18 nov, 15:30.');
  });
});

describe('the switch', () => {
  test.each([
    ['/app/meetings?q=a', '/app/meetings?q=a'],
    [undefined, '/app/'],
    ['//evil.example/x', '/app/'],
    ['/\\evil.example', '/app/'],
    ['https://evil.example/app', '/app/'],
    ['javascript:alert(1)', '/app/'],
  ])('returns from %s to %s', (back, path) => {
    expect(returnPath(back, 'https://sync.example/app')).toBe(path);
  });
});

describe('the language of a request', () => {
  test.each([
    ['/overview', 'es'],
    ['/api/v1/meetings', 'en'],
    ['/api-keys', 'es'],
  ])('%s is answered in %s', async (url, code) => {
    const app = Fastify();
    await app.register(accepts);
    await app.register(cookie);
    await registerLanguages(app, 'https://sync.example');
    app.get(url, () => ({ code: currentLanguage().code }));
    const response = await app.inject({ url, headers: { 'accept-language': 'es' } });
    expect(response.json()).toEqual({ code });
    await app.close();
  });
});

describe('the language of a browser', () => {
  test.each([
    ['the switch first', 'es', ['en'], 'es'],
    ['the first one with a file', undefined, ['fr', 'es-MX', 'en'], 'es'],
    ['English otherwise', undefined, ['fr'], 'en'],
    ['English without any', undefined, [], 'en'],
    ['a choice without a file is ignored', 'xx', ['es'], 'es'],
  ])('%s', (_name, chosen, accepted, code) => {
    expect(languageFor(chosen, accepted).code).toBe(code);
  });
});

/** Files of `src/http/pages` in which every text is marked. */
function CONVERTED(): string[] {
  return [
    '*.ts',
    'analytics/*.ts',
    'connect/*.ts',
    'layout/*.ts',
    'meeting/*.ts',
    'meetings/*.ts',
    'overview/*.ts',
    'search/*.ts',
    'settings/**/*.ts',
    'views/backfill.eta',
    'views/analytics/*.eta',
    'views/{analytics,counted-meetings,report}.eta',
    'views/confirm-sign-in.eta',
    'views/meeting/*.eta',
    'views/meetings/*.eta',
    'views/message.eta',
    'views/overview.eta',
    'views/overview/*.eta',
    'views/search/*.eta',
    'views/settings/*.eta',
    'views/shell/{banners,follow,layout,progress,search-dialog,side}.eta',
    'views/{admin-connect,confirm,counted-meetings,disconnect-hubspot,report,secret}.eta',
  ].map((files) => `src/http/pages/${files}`);
}

/** Constants that look like texts and are none. */
const NO_TEXTS = new Set([
  'CRM',
  'HubSpot',
  'Meeting sync',
  'Temporal',
  'attachment; filename="\u0000.csv"',
  'btn btn-primary',
  'closed deals',
  'due tasks',
  'curl -X POST -H "Authorization: Bearer API_KEY"',
  'no one',
  'noreferrer noopener',
  'or empty',
  'pipeline',
  'read only',
  'repeatable read',
  'scored meetings',
  'text/csv; charset=utf-8; header=present',
  '· HubSpot meeting sync',
]);

/** The placeholders and tags of a text, as one comparable string. */
function placeholders(text: string, locale: string): string {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object' && value !== null) {
      if ('type' in value && 'value' in value && value.type !== 0) names.add(String(value.value));
      Object.values(value).forEach(collect);
    }
  };
  collect(new IntlMessageFormat(text, locale).getAst());
  return [...names].toSorted().join(' ');
}
