import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { STATUSES, statusWord } from '../../src/http/pages/layout/status-words';
import { REASONS } from '../../src/messages/reason-words';
import { OUTSIDE_THE_FORM } from '../../src/http/pages/settings/fields/setting-field';
import { policyChoices } from '../../src/http/pages/settings/mappings/mapping-words';
import { permissionsOf } from '../../src/http/pages/settings/permissions';
import { SETTING_FIELDS } from '../../src/http/pages/settings/sync-settings-fields';
import { OPTIONAL_SCOPE_USES, REQUIRED_SCOPES, UNUSED_SCOPES } from '../../src/hubspot/client/oauth';
import { inLanguage, LANGUAGES } from '../../src/languages/language';
import { storedText } from '../../src/languages/stored-text';
import { t } from '../../src/languages/text';

/** Names that are the same in every language. */
const NAMES = new Set(['HubSpot']);

const guides = ['en', 'es'].map((code) => ({ code, sections: sectionsOf(guideIn(code)) }));
const [english, ...translations] = guides;

function guideIn(code: string): string {
  return readFileSync(join(__dirname, `../../docs/admin-guide.${code}.md`), 'utf8').replaceAll(/\s+/g, ' ');
}

/** The text of each section by its anchor, with that before the first one. */
function sectionsOf(guide: string): ReadonlyMap<string, string> {
  const [start = '', ...rest] = guide.split('<a id="');
  return new Map([
    ['', start],
    ...rest.map((section): [string, string] => {
      const [anchor = '', text = ''] = section.split('"></a>');
      return [anchor, text];
    }),
  ]);
}

/** What the guide shows in bold: words of the pages. */
function boldIn(text: string): string[] {
  return [...text.matchAll(/\*\*(?<words>[^*]+)\*\*/g)].map(({ groups }) => groups?.['words'] ?? '');
}

/** How many headings, lines of tables and items of lists a text has. */
function shapeOf(text: string): Record<string, number> {
  return {
    headings: text.match(/(?<= )#{2,3} /g)?.length ?? 0,
    cells: text.match(/ \|/g)?.length ?? 0,
    items: text.match(/(?<= )(?:-|\d\.) /g)?.length ?? 0,
    links: text.match(/\]\(/g)?.length ?? 0,
  };
}

describe.each(guides)('the guide in $code', ({ code, sections }) => {
  const shown = new Set([...sections.values()].flatMap(boldIn));
  const missing = (words: readonly string[]) =>
    inLanguage(code, () => words.map((word) => t(word)).filter((word) => !shown.has(word)));

  test('has every setting, and every choice of the settings', () => {
    const options = SETTING_FIELDS.flatMap((field) => (field.kind === 'one' ? field.options : []));
    const labels = [...SETTING_FIELDS, ...options].map(({ label }) => label);
    expect(missing([...labels, ...Object.values(OUTSIDE_THE_FORM)])).toEqual([]);
  });

  test('has every policy of a value', () => {
    const labels = inLanguage(code, () => policyChoices().map(({ label }) => label));
    expect(labels.filter((label) => !shown.has(label))).toEqual([]);
  });

  test('has every reason', () => {
    expect(missing(Object.values(REASONS))).toEqual([]);
  });

  test('has every state of a meeting', () => {
    expect(missing(Object.values(STATUSES).map(({ word }) => word))).toEqual([]);
    const { word } = inLanguage(code, () => statusWord('skipped', 'no_crm_match'));
    expect(shown).toContain(word);
  });

  test('has every permission with its reason, and what is missing without an optional one', () => {
    const all = { missingScopes: [], unusedScopes: [...UNUSED_SCOPES] };
    const rows = inLanguage(code, () =>
      permissionsOf({ ...all, grantedScopes: [...REQUIRED_SCOPES, ...Object.keys(OPTIONAL_SCOPE_USES)] }).map(
        ({ scope, why }) => {
          const costs = OPTIONAL_SCOPE_USES[scope];
          return ['', `\`${scope}\``, why, ...(costs === undefined ? [] : [storedText(costs)]), ''].join(' | ').trim();
        },
      ),
    );
    expect(rows.filter((row) => !sections.get('permissions')?.includes(row))).toEqual([]);
  });
});

describe.each(translations)('the guide in $code, beside the English one', ({ code, sections }) => {
  test('has the same sections', () => {
    expect([...sections.keys()]).toEqual([...(english?.sections.keys() ?? [])]);
  });

  test.each([...(english?.sections ?? [])])('section "%s" has the same shape', (anchor, text) => {
    expect(shapeOf(sections.get(anchor) ?? '')).toEqual(shapeOf(text));
  });

  test.each([...(english?.sections ?? [])])('section "%s" has the words of the pages', (anchor, text) => {
    const messages = LANGUAGES.get(code)?.messages ?? {};
    const words = boldIn(text).map((word) => (NAMES.has(word) ? word : (messages[word] ?? `no page shows "${word}"`)));
    expect(boldIn(sections.get(anchor) ?? '').toSorted()).toEqual(words.toSorted());
  });
});
