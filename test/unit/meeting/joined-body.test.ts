import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { cleanBody } from '../../../sandbox/crm/bodies';
import { MAX_BODY_CHARACTERS } from '../../../src/meeting/content/body';
import { hasPart, joinBody, withoutPart } from '../../../src/meeting/content/joined-body';
import { anyMeeting, blocks, example, holds, htmlErrors } from './meetings';

const agenda = '<p>Agenda: <strong>pilot</strong></p><ul><li>Budget</li></ul>';

test('our part is below what people wrote, between two lines', () => {
  const { html, fits } = joinBody(agenda, { ...example, summary: { topics: [], nextSteps: [] } });
  expect(fits).toBe(true);
  expect(blocks(html)).toEqual([
    '<p>Agenda: <strong>pilot</strong></p>',
    '<ul>',
    '<li>Budget</li></ul>',
    '<p>━━━ Meeting Summary ━━━</p>',
    '<p><a href="https://app.northwind.example/meetings/mtg_1?a=1&amp;b=2">Open the recording</a></p>',
    '<p>━━━━━━━━━━━━</p>',
  ]);
  expect(withoutPart(html, example.recordingUrl)).toBe(agenda);
});

test('it is replaced in place, regardless of its language and of what people wrote around it since', () => {
  const first = joinBody(agenda, example).html;
  const edited = first.replace('Agenda', 'Our agenda').concat('<p>Later: they signed.</p>');
  const { html } = joinBody(edited, {
    ...example,
    language: 'es',
    summary: { ...example.summary, overview: 'Nuevo.' },
  });
  expect(html.match(/━━━ /g)).toHaveLength(1);
  expect(html).toContain('━━━ Resumen de la reunión ━━━');
  expect(html).toContain('<p>Nuevo.</p>');
  expect(html).not.toContain('hiring wave');
  expect(withoutPart(html, example.recordingUrl)).toBe(
    `${agenda.replace('Agenda', 'Our agenda')}<p>Later: they signed.</p>`,
  );
});

test("the part is found although HubSpot's editor wraps and styles paragraphs", () => {
  const { html } = joinBody('<p>Mine</p>', example);
  const styled = `<div style="" dir="auto" data-top-level="true">${html.replaceAll('<p>', '<p style="margin:0;">').replace('━━━ Meeting Summary', '<span>━━━&nbsp;Meeting Summary</span>')}</div>`;
  expect(hasPart(styled)).toBe(true);
  expect(withoutPart(styled, example.recordingUrl)).toBe(
    '<div style="" dir="auto" data-top-level="true"><p style="margin:0;">Mine</p></div>',
  );
});

test('without its closing line the part ends at the link to the recording, and without both it is only its opening line', () => {
  const { html } = joinBody(agenda, example);
  const open = html.replace('<p>━━━━━━━━━━━━</p>', '<p>Below</p>');
  expect(withoutPart(open, example.recordingUrl)).toBe(`${agenda}<p>Below</p>`);
  const bare = '<p>Above</p><p>━━━ Meeting Summary ━━━</p><p>Below</p>';
  expect(withoutPart(bare, example.recordingUrl)).toBe('<p>Above</p><p>Below</p>');
});

test('lines that people draw are kept', () => {
  const body = '<p>———</p><p>━━━</p><p>━━━━━━━━</p>';
  expect(hasPart(body)).toBe(false);
  expect(withoutPart(joinBody(body, example).html, example.recordingUrl)).toBe(body);
});

test('what people wrote has priority in the space', () => {
  const topics = Array.from({ length: 50 }, (_, n) => ({ title: `Topic ${n}.`, detail: 'd'.repeat(2_000) }));
  const long = `<p>${'a'.repeat(60_000)}</p>`;
  const tight = joinBody(long, { ...example, summary: { topics, nextSteps: [] } });
  expect(tight.fits).toBe(true);
  expect(tight.html.length).toBeGreaterThan(63_000);
  expect(tight.html).toContain('Left out here for length');
  const full = `<p>${'a'.repeat(MAX_BODY_CHARACTERS - 100)}</p>`;
  expect(joinBody(full, example).fits).toBe(false);
});

const line = fc.constantFrom('━━━ Meeting Summary ━━━', '━━━━━━━━━━━━', 'Agenda', 'a < b', '');
const people = fc
  .array(fc.oneof(line, fc.string({ maxLength: 20 })), { maxLength: 5 })
  .map((lines) =>
    cleanBody(lines.map((text) => `<p>${text.replaceAll('━━━ M', 'M').replaceAll(/[<&>]/g, '')}</p>`).join('')),
  );

/** HubSpot answers quotes in texts as they are, where we sent entities. */
const withoutQuotes = (html: string) => html.replaceAll(/["'](?=[^<>]*(?:<|$))/g, '');

test('property: the part is there once after any number of joins, and removing it leaves what people wrote', () => {
  holds(
    fc.property(people, people, fc.array(anyMeeting, { minLength: 1, maxLength: 3 }), (above, below, meetings) => {
      let body = above;
      for (const [index, meeting] of meetings.entries()) {
        const { html } = joinBody(body, meeting);
        expect(htmlErrors(withoutQuotes(html))).toEqual([]);
        // As it comes back from HubSpot, and with a person's lines below.
        body = cleanBody(html) + (index === 0 ? below : '');
        expect(body.match(/━━━ [^━]+ ━━━/g)).toHaveLength(1);
        expect(body.length).toBeLessThanOrEqual(MAX_BODY_CHARACTERS + below.length);
      }
      expect(withoutPart(body, meetings.at(-1)?.recordingUrl ?? '')).toBe(above + below);
    }),
    60,
  );
});
