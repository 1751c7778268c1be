import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { hasPart, withoutPart } from '../../../src/meeting/content/joined-body';
import { linksTo } from '../../../src/meeting/content/html';
import { innermostParagraphs, linkAddresses, withoutTags } from '../../../src/meeting/content/markup';

// What the one-pass readers replaced: right, but quadratic or worse.
const PARAGRAPH = /<(p|div)\b[^>]*>((?:(?!<\/?(?:p|div)\b)[\s\S])*)<\/\1\s*>/gi;
const LINK = /<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;

const piece = fc.constantFrom(
  '<p',
  '<P',
  '</p',
  '<div',
  '</DIV',
  '>',
  ' >',
  '<',
  'p',
  '<a',
  '<A',
  '<ab',
  '\n',
  ' href',
  'href',
  ' hrefx',
  '=',
  ' = ',
  '"',
  "'",
  ' ',
  '━━━',
  '<p>',
  '</p>',
  '<div>',
  '</div>',
  '<a href="x">',
);
const markup = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

test('property: paragraphs, links and texts are those that regular expressions find', () => {
  fc.assert(
    fc.property(markup, (body) => {
      expect(innermostParagraphs(body)).toEqual(
        [...body.matchAll(PARAGRAPH)].map(({ 0: html, 2: content, index }) => ({
          html,
          content,
          from: index,
          to: index + html.length,
        })),
      );
      expect(linkAddresses(body)).toEqual([...body.matchAll(LINK)].map(([, double, single]) => double ?? single));
      expect(withoutTags(body)).toBe(body.replaceAll(/<[^>]*>/g, ''));
    }),
    { numRuns: 5_000 },
  );
});

// Ten times what HubSpot keeps: with a regular expression each would take minutes, and the test its whole time limit.
test.each(['<p', '<p ', '<p>', '<a', '<a ', '<a href=', '<a href="', "<a href='x", '<', '</p', '<p></p ', '<div><p>'])(
  'a body of %j alone is read in one pass',
  (tag) => {
    const body = tag.repeat(Math.ceil(655_360 / tag.length));
    expect(hasPart(body)).toBe(false);
    expect(linksTo(body, 'https://n.example/r/1')).toBe(false);
    const part = `<p>━━━ Meeting Summary ━━━</p>${body}`;
    expect(withoutPart(`${part}<p>━━━━━━━━━━━━</p>`, 'https://n.example/r/1').length).toBeLessThanOrEqual(
      part.length + 20,
    );
  },
);
