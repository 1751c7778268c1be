import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  a,
  em,
  join,
  li,
  linksTo,
  ol,
  p,
  separated,
  shortenedText,
  singleLine,
  strong,
  text,
  tidy,
  ul,
} from '../../../src/meeting/content/html';
import { hostileText, htmlErrors } from './meetings';

test('texts are escaped wherever they are put', () => {
  const hostile = `<script>"it's" & more</script>`;
  const escaped = '&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;';
  expect(text(hostile).html).toBe(escaped);
  expect(ul(li(strong(hostile)), li(em('b'))).html).toBe(
    `<ul><li><strong>${escaped}</strong></li><li><em>b</em></li></ul>`,
  );
  expect(ol(li('a')).html).toBe('<ol><li>a</li></ol>');
  expect(join('a<', p('b')).html).toBe('a&lt;<p>b</p>');
  expect(separated(' & ', ['a', 'b']).html).toBe('a &amp; b');
});

test.each([
  ['one\ntwo\r\nthree\u2028four', 'one<br>two<br>three<br>four'],
  ['a \n\n\n\n b', 'a<br><br>b'],
  ['  many \t  blanks  ', 'many blanks'],
  ['bell\u0007 null\0 escape\u001B[0m', 'bell null escape[0m'],
  ['half \uD83D of an emoji', 'half \uFFFD of an emoji'],
  ['3\u00A0% 👩‍💻', '3\u00A0% 👩‍💻'],
])('%j is tidied', (given, html) => {
  expect(text(given).html).toBe(html);
});

test('a title is one line', () => {
  expect(singleLine(' a\n\nb\tc ')).toBe('a b c');
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:x',
  'data:text/html,x',
  '//n.example',
  '/path',
  'https://',
  'https://a\nb.example',
  ' https://n.example',
  'ftp://n.example',
])('%j is no link', (url) => {
  expect(a(url, 'label').html).toBe('label');
});

test('a link keeps its address and cannot be left', () => {
  expect(a('https://n.example/?a=1&b="><script>', 'Open').html).toBe(
    '<a href="https://n.example/?a=1&amp;b=&quot;&gt;&lt;script&gt;">Open</a>',
  );
});

test('a shortened text is cut between characters and marked', () => {
  expect(shortenedText('short', 5).html).toBe('short');
  expect(shortenedText('shorter', 5).html).toBe('shor…');
  expect(shortenedText('a&&&', 10).html).toBe('a&amp;…');
  expect(shortenedText('👍👍👍', 5).html).toBe('👍👍…');
  expect(shortenedText('one\n\ntwo three', 12).html).toBe('one…');
  expect(shortenedText('text', 0).html).toBe('');
});

test('property: shortened texts keep to their length and are valid', () => {
  fc.assert(
    fc.property(hostileText, fc.nat(60), (value, max) => {
      const { html } = shortenedText(value, max);
      expect(html.length).toBeLessThanOrEqual(max);
      expect(htmlErrors(html)).toEqual([]);
    }),
  );
});

test('property: tidying twice changes nothing more', () => {
  fc.assert(fc.property(hostileText, (value) => expect(tidy(tidy(value))).toBe(tidy(value))));
});

const url = "https://n.example/r/1?a=1&b=it's";
test.each([
  ['as written', p(a(url, 'Open')).html, true],
  [
    'with attributes and other quotes',
    `<p><a target="_blank" href='https://n.example/r/1?a=1&#38;b=it&#x27;s' rel="x">x</a></p>`,
    true,
  ],
  ['with a bare ampersand', `<A HREF="https://n.example/r/1?a=1&b=it's">x</A>`, true],
  ['a longer address', p(a(`${url}0`, 'Open')).html, false],
  ['the address as text', p(url).html, false],
  ['another tag', `<abbr href="${url}">x</abbr>`, false],
  ['nothing', '', false],
])('a body links to an address: %s', (_, body, expected) => {
  expect(linksTo(body, url)).toBe(expected);
});

test('an address that HubSpot normalised is the same address', () => {
  expect(linksTo('<a href="https://n.example/">x</a>', 'https://N.example')).toBe(true);
});
