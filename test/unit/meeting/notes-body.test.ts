import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_BODY_CHARACTERS } from '../../../src/meeting/content/body';
import { linksTo } from '../../../src/meeting/content/html';
import { renderNotes } from '../../../src/meeting/content/notes-body';
import type { ProcessedMeeting, SmartCategoryItem } from '../../../src/meeting/intake/schema';
import { anyMeeting, blocks, example, htmlErrors, holds } from './meetings';

const recording = 'https://app.northwind.example/meetings/mtg_1?a=1&amp;b=2';
const notesOf = (
  items: SmartCategoryItem[],
  rest: Partial<ProcessedMeeting> = {},
  linkFormat: string | null = '{url}?t={seconds}',
) => renderNotes({ ...example, ...rest, smartCategories: [{ name: 'Needs', items }] }, linkFormat)?.html ?? '';

test('the notes of a meeting in English', () => {
  expect(blocks(renderNotes(example, '{url}')?.html ?? '')).toEqual([
    `<p><strong>Smart Category Notes</strong> · Acme &lt;&gt; Northwind: discovery call · <a href="${recording}">Open the recording</a></p>`,
    '<p><strong>Objections</strong></p>',
    '<ul>',
    '<li><strong>Note · 10:12</strong> Worried about &quot;yet another tool&quot; for &lt;managers&gt;. <a href="https://app.northwind.example/clips/c_881">Play clip</a></li>',
    '<li><strong>Clip · 1:02:03–1:02:40</strong> Legal needs EU data residency. <a href="https://app.northwind.example/clips/c_882">Play clip</a></li></ul>',
    '<p><strong>Buying signals</strong></p>',
    '<ul>',
    '<li><strong>Note</strong> IT&#39;s sign-off is near.</li></ul>',
  ]);
});

test('the notes of a meeting in Spanish', () => {
  const html = notesOf(
    [
      { kind: 'note', text: '¿Y el precio?', startSeconds: 5 },
      { kind: 'clip', text: 'Sí', clipUrl: 'https://n.example/c' },
    ],
    { language: 'es-ES', recordingUrl: 'https://n.example/r' },
  );
  expect(blocks(html)).toEqual([
    '<p><strong>Notas por categoría inteligente</strong> · Acme &lt;&gt; Northwind: discovery call · <a href="https://n.example/r">Abrir la grabación</a></p>',
    '<p><strong>Needs</strong></p>',
    '<ul>',
    '<li><strong>Nota · <a href="https://n.example/r?t=5">0:05</a></strong> ¿Y el precio?</li>',
    '<li><strong>Clip</strong> Sí <a href="https://n.example/c">Ver el clip</a></li></ul>',
  ]);
});

test('a meeting without notes and clips has none', () => {
  expect(renderNotes({ ...example, smartCategories: [] }, null)).toBeNull();
  expect(renderNotes({ ...example, smartCategories: [{ name: 'Empty', items: [] }] }, null)).toBeNull();
});

test.each([
  [
    'a clip has its own link',
    { kind: 'clip', text: 'T', startSeconds: 5, clipUrl: 'https://n.example/c' },
    '{url}',
    '<strong>Clip · 0:05</strong> T <a href="https://n.example/c">Play clip</a>',
  ],
  [
    'a clip without one links to its second',
    { kind: 'clip', text: 'T', startSeconds: 65, endSeconds: 70 },
    '{url}?t={seconds}',
    '<strong>Clip · <a href="https://n.example/r?t=65">1:05–1:10</a></strong> T',
  ],
  [
    'so does a note, to the whole page by default',
    { kind: 'note', text: 'T', startSeconds: 65 },
    '{url}',
    '<strong>Note · <a href="https://n.example/r">1:05</a></strong> T',
  ],
  ['an unknown position has no link', { kind: 'note', text: 'T' }, '{url}', '<strong>Note</strong> T'],
  ['links can be switched off', { kind: 'note', text: 'T', startSeconds: 65 }, null, '<strong>Note · 1:05</strong> T'],
] as const)('%s', (_, item, linkFormat, html) => {
  const notes = notesOf([item], { recordingUrl: 'https://n.example/r' }, linkFormat);
  expect(notes).toContain(`<ul><li>${html}</li></ul>`);
});

test('links to the recording take no space from the notes themselves', () => {
  const text = 'x'.repeat(100);
  const items = Array.from({ length: 450 }, (_, n) => ({ kind: 'note' as const, text, startSeconds: n }));
  const html = notesOf(items);
  expect(html).toBe(notesOf(items, {}, null));
  expect(html).not.toContain('Left out');
  expect(notesOf(items.slice(0, 200)).split('?a=1&amp;b=2&amp;t=').length - 1).toBe(200);
});

test('2,000 notes are cut at an item boundary with the count of the rest', () => {
  const items = Array.from({ length: 2_000 }, (_, n) => ({ kind: 'note' as const, text: `Note number ${n} says so.` }));
  const html = notesOf(items);
  const shown = items.filter((item) => html.includes(item.text)).length;
  const left = new Intl.NumberFormat('en-GB').format(2_000 - shown);
  expect(html.length).toBeGreaterThan(MAX_BODY_CHARACTERS - 200);
  expect(html.split('<li>').length - 1).toBe(shown);
  expect(blocks(html).at(-1)).toBe(
    `<p><em>Left out here for length: ${left} more notes and clips.</em> <a href="${recording}">Open the recording</a></p>`,
  );
});

test('a body of exactly the limit is kept, and one of a character more is shortened', () => {
  const empty = notesOf([{ kind: 'note', text: '' }]).length;
  const full = notesOf([{ kind: 'note', text: 'x'.repeat(MAX_BODY_CHARACTERS - empty) }]);
  expect(full.length).toBe(MAX_BODY_CHARACTERS);
  expect(full).not.toContain('…');
  const over = notesOf([{ kind: 'note', text: 'x'.repeat(MAX_BODY_CHARACTERS - empty + 1) }]);
  expect(over.length).toBeLessThanOrEqual(MAX_BODY_CHARACTERS);
  expect(over).toContain('x…</li>');
});

test('a text longer than the limit leaves room for those after it', () => {
  const html = notesOf([
    { kind: 'note', text: '👩‍💻'.repeat(40_000) },
    { kind: 'clip', text: 'Short and last.' },
  ]);
  expect(html).toContain('Short and last.');
  expect(html).not.toContain('Left out');
  expect(html.length).toBeGreaterThan(MAX_BODY_CHARACTERS * 0.4);
  expect(htmlErrors(html)).toEqual([]);
});

test('texts that fit alone are never cut', () => {
  const items = ['a', 'b', 'c'].map((letter) => ({ kind: 'note' as const, text: letter.repeat(30_000) }));
  const html = notesOf(items);
  expect(items.map((item) => html.includes(`${item.text}</li>`))).toEqual([true, true, false]);
  expect(html).toContain('Left out here for length: 1 more note or clip.');
});

test('property: for any meeting, its notes are short enough, valid, linked, counted and always the same', () => {
  holds(
    fc.property(anyMeeting, (meeting) => {
      const total = meeting.smartCategories.reduce((sum, category) => sum + category.items.length, 0);
      const notes = renderNotes(meeting, '{url}#t={seconds}');
      if (notes === null) {
        expect(total).toBe(0);
        return;
      }
      expect(notes.html.length).toBeLessThanOrEqual(MAX_BODY_CHARACTERS);
      expect(htmlErrors(notes.html)).toEqual([]);
      expect(linksTo(notes.html, meeting.recordingUrl)).toBe(true);
      const left = /([\d.,]+) (?:more note|nota)[^<]*<\/em>/.exec(notes.html)?.[1]?.replaceAll(/\D/g, '') ?? '0';
      expect(notes.html.split('<li>').length - 1 + Number(left)).toBe(total);
      expect(renderNotes(structuredClone(meeting), '{url}#t={seconds}')).toEqual(notes);
    }),
    100,
  );
});
