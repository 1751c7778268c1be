import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_BODY_CHARACTERS } from '../../../src/meeting/content/body';
import { linksTo } from '../../../src/meeting/content/html';
import type { MeetingSummary } from '../../../src/meeting/intake/schema';
import { renderSummary } from '../../../src/meeting/content/summary-body';
import { anyMeeting, blocks, example, htmlErrors, holds } from './meetings';

test('the summary of a meeting in English', () => {
  const { title, html } = renderSummary(example);
  expect(title).toBe('Acme <> Northwind: discovery call');
  expect(blocks(html)).toEqual([
    '<p><strong>AI Score: 82/100</strong> · Good discovery</p>',
    '<p>Acme wants to replace its call reviews before the Q1 hiring wave.</p>',
    '<p><strong>Main topics</strong></p>',
    '<ul>',
    '<li><strong>Current process</strong>: Managers review 3 % of calls by hand.</li>',
    '<li><strong>Budget &amp; timing</strong>: €40k approved;<br>decision before 15 January.</li>',
    '<li><strong>Security</strong></li></ul>',
    '<p><strong>Next steps</strong></p>',
    '<ul>',
    '<li>Send the security questionnaire <em>(Ana Ruiz, due 6 Nov 2026)</em></li>',
    '<li>Book the technical session with IT <em>(Marc Serra)</em></li>',
    '<li>Call back</li></ul>',
    '<p><a href="https://app.northwind.example/meetings/mtg_1?a=1&amp;b=2">Open the recording</a></p>',
  ]);
});

test('the summary of a meeting in Spanish', () => {
  const summary: MeetingSummary = {
    aiScore: { value: 8.25, max: 10 },
    topics: [{ title: 'Precio' }],
    nextSteps: [{ text: 'Enviar la oferta', dueDate: '2026-11-06' }],
  };
  expect(blocks(renderSummary({ ...example, language: 'es', summary }).html)).toEqual([
    '<p><strong>Puntuación de IA: 8,25/10</strong></p>',
    '<p><strong>Temas principales</strong></p>',
    '<ul>',
    '<li><strong>Precio</strong></li></ul>',
    '<p><strong>Próximos pasos</strong></p>',
    '<ul>',
    '<li>Enviar la oferta <em>(para el 6 nov 2026)</em></li></ul>',
    '<p><a href="https://app.northwind.example/meetings/mtg_1?a=1&amp;b=2">Abrir la grabación</a></p>',
  ]);
});

test.each([
  ['en-US', 'due Nov 6, 2026'],
  ['es-419', 'para el 6 nov 2026'],
  ['de-DE', 'due 6 Nov 2026'],
])('dates are written as %s does', (language, due) => {
  expect(renderSummary({ ...example, language }).html).toContain(due);
});

test('a meeting without a summary still has its link', () => {
  const { html } = renderSummary({
    ...example,
    recordingUrl: 'https://n.example/r',
    summary: { topics: [], nextSteps: [] },
  });
  expect(html).toBe('<p><a href="https://n.example/r">Open the recording</a></p>');
});

test('a title is one line of plain text', () => {
  expect(renderSummary({ ...example, title: 'Q&A\n<b>"live"</b>\u0007' }).title).toBe('Q&A <b>"live"</b>');
});

test('next steps are kept before topics, and the end counts what was omitted', () => {
  const topics = Array.from({ length: 50 }, (_, n) => ({ title: `Topic ${n}.`, detail: 'd'.repeat(2_000) }));
  const nextSteps = Array.from({ length: 50 }, (_, n) => ({ text: `Step ${n}.` }));
  const { html } = renderSummary({ ...example, summary: { topics, nextSteps } });
  const shown = topics.filter((topic) => html.includes(`${topic.title}</strong>`)).length;
  expect(nextSteps.every((step) => html.includes(step.text))).toBe(true);
  expect(shown).toBeGreaterThan(25);
  expect(blocks(html).at(-1)).toBe(
    `<p><em>Left out here for length: ${50 - shown} topics.</em> <a href="https://app.northwind.example/meetings/mtg_1?a=1&amp;b=2">Open the recording</a></p>`,
  );
});

test('omitted topics and next steps are both counted, in singular or plural', () => {
  const nextSteps = Array.from({ length: 3 }, () => ({ text: 's'.repeat(30_000) }));
  const { html } = renderSummary({ ...example, summary: { topics: [{ title: 'One' }], nextSteps } });
  expect(html).toContain('Left out here for length: 1 topic and 1 next step.');
});

test('an overview that does not fit alone is cut to leave space for the rest', () => {
  const { html } = renderSummary({ ...example, summary: { ...example.summary, overview: '&'.repeat(100_000) } });
  expect(html).toContain('&amp;…</p>');
  expect(html).toContain('Call back');
  expect(html).not.toContain('Left out');
  expect(htmlErrors(html)).toEqual([]);
});

test('property: for any meeting, its summary is short enough, valid, linked and always the same', () => {
  holds(
    fc.property(anyMeeting, (meeting) => {
      const { html } = renderSummary(meeting);
      expect(html.length).toBeLessThanOrEqual(MAX_BODY_CHARACTERS);
      expect(htmlErrors(html)).toEqual([]);
      expect(linksTo(html, meeting.recordingUrl)).toBe(true);
      const left = [...html.matchAll(/(\d+) (?:topics?|next steps?|temas?|próximos? pasos?)\b/g)]
        .filter(() => /Left out here|No caben aquí/.test(html))
        .reduce((sum, [, count]) => sum + Number(count), 0);
      const total = meeting.summary.topics.length + meeting.summary.nextSteps.length;
      expect(html.split('<li>').length - 1 + left).toBe(total);
      expect(renderSummary(structuredClone(meeting)).html).toBe(html);
    }),
    100,
  );
});
