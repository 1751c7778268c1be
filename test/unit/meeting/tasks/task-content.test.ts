import { describe, expect, test } from '@jest/globals';
import { renderTask, subjectOf } from '../../../../src/meeting/tasks/task-content';

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');

describe('the subject is one line of at most 250 characters', () => {
  test.each<[string, string, string]>([
    ['a short text', 'Send the offer', 'Send the offer'],
    ['lines', ' Send\n\nthe\toffer ', 'Send the offer'],
    ['a text that fits exactly', 'x'.repeat(250), 'x'.repeat(250)],
    ['a long text, cut after a word', words(60), `${words(50)}…`],
    ['a word that ends at the cut', `${words(49)} abcd ${words(9)}`, `${words(49)} abcd…`],
    ['punctuation before the cut', `${words(49)} ab, ${'x'.repeat(20)}`, `${words(49)} ab…`],
    ['one long word', 'x'.repeat(300), `${'x'.repeat(249)}…`],
    ['a pair of surrogates at the cut', `${'x'.repeat(248)}😀${'x'.repeat(20)}`, `${'x'.repeat(248)}…`],
  ])('%s', (_, text, subject) => {
    expect(subjectOf(text)).toBe(subject);
    expect(subject.length).toBeLessThanOrEqual(250);
  });
});

const recordingUrl = 'https://app.northwind.example/r/1?a=1&b=2';

test('the body has the whole text, escaped, and a link to the recording', () => {
  expect(renderTask({ recordingUrl, language: 'en' }, 'Send <it>\nby Friday').html).toBe(
    '<p>Send &lt;it&gt;<br>by Friday</p><p><a href="https://app.northwind.example/r/1?a=1&amp;b=2">Open the recording</a></p>',
  );
});

test('a text that HubSpot would refuse is cut, and the link stays', () => {
  const { html } = renderTask({ recordingUrl, language: 'es' }, 'a'.repeat(100_000));
  expect(html.length).toBeLessThanOrEqual(65_536);
  expect(html).toContain('…</p><p><a href=');
});
