import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { literal, slackMessage } from '../../../src/messages/slack';
import type { Message } from '../../../src/messages/message';

const footer = {
  text: 'Ana set up “Sales ops”.',
  link: { text: 'Switch it off', url: 'https://sync.example/settings' },
};

test('a message is a header, a section for each group, and its footer', () => {
  const message: Message = {
    title: 'Northwind: 2 meetings',
    groups: [
      {
        title: 'HubSpot refused to save 2 meetings',
        lines: [
          { text: 'Q4 review', url: 'https://sync.example/meetings/a' },
          { text: '1 more', url: null },
        ],
        link: {
          text: 'Open the meetings',
          url: 'https://sync.example/meetings?state=needs_you&reason=hubspot_rejected',
        },
      },
    ],
    footer,
  };
  expect(slackMessage(message)).toEqual({
    text: 'Northwind: 2 meetings\n- HubSpot refused to save 2 meetings',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'Northwind: 2 meetings', emoji: false } },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          verbatim: true,
          text: [
            '*HubSpot refused to save 2 meetings*',
            '• <https://sync.example/meetings/a|Q4 review>',
            '• 1 more',
            '<https://sync.example/meetings?state=needs_you&amp;reason=hubspot_rejected|Open the meetings>',
          ].join('\n'),
        },
      },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            verbatim: true,
            text: 'Ana set up “Sales ops”. <https://sync.example/settings|Switch it off>',
          },
        ],
      },
    ],
    unfurl_links: false,
    unfurl_media: false,
  });
});

test.each([
  ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
  [
    '<!channel> <@U123> <https://evil.example|Open>',
    '&lt;!channel&gt; &lt;@U123&gt; &lt;https://evil.example|Open&gt;',
  ],
  ['*bold* _italic_ ~struck~ `code`', '∗bold∗ ˍitalicˍ ∼struck∼ ˋcodeˋ'],
  ['two\nlines\r\n> quoted', 'two lines &gt; quoted'],
  ['&amp; stays', '&amp;amp; stays'],
])('%j is shown as it is', (text, shown) => {
  expect(literal(text)).toBe(shown);
});

test('no text breaks out of its place, and Slack takes every length', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 4_000 });
  const message = fc.record({
    title: text,
    groups: fc.array(
      fc.record({
        title: text,
        lines: fc.array(fc.record({ text, url: fc.constantFrom(null, 'https://sync.example/meetings/a|b>c') }), {
          maxLength: 6,
        }),
        link: fc.constantFrom(null, { text: 'Open', url: 'https://sync.example/' }),
      }),
      { maxLength: 60 },
    ),
    footer: fc.constant(footer),
  });
  fc.assert(
    fc.property(message, (given) => {
      const { blocks, text: fallback } = slackMessage(given);
      expect(blocks.length).toBeLessThanOrEqual(50);
      expect(fallback).not.toMatch(/[<>]/);
      for (const block of blocks) {
        if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
        if (block.type !== 'section') continue;
        expect(block.text.text.length).toBeLessThanOrEqual(3_000);
        // Nothing but our own links is between angle brackets.
        const links = block.text.text.match(/<[^>]*>/g) ?? [];
        for (const link of links) expect(link).toMatch(/^<https:\/\/sync\.example\/[^|<>]*\|[^<>]+>$/);
      }
    }),
    { numRuns: 50 },
  );
});
