import { expect, test } from '@jest/globals';
import { inLanguage } from '../../../src/languages/language';
import { emailBody } from '../../../src/messages/email';
import type { Message } from '../../../src/messages/message';

const message: Message = {
  title: 'Northwind: <b>2</b> meetings',
  groups: [
    {
      title: 'HubSpot refused to save 2 meetings',
      lines: [
        { text: 'Q4 "review"\nand <script>alert(1)</script>', url: 'https://sync.example/meetings/a?b=1&c=2' },
        { text: '1 more', url: null },
      ],
      link: { text: 'Open the meetings', url: 'https://sync.example/meetings' },
    },
    { title: 'A group without anything', lines: [], link: null },
  ],
  footer: { text: 'Ana set it up.', link: { text: 'Switch it off', url: 'https://sync.example/settings' } },
};

test('the plain text', () => {
  expect(emailBody(message).text).toBe(`Northwind: <b>2</b> meetings

HubSpot refused to save 2 meetings
- Q4 "review" and <script>alert(1)</script>
  https://sync.example/meetings/a?b=1&c=2
- 1 more
Open the meetings: https://sync.example/meetings

A group without anything

-- 
Ana set it up.
Switch it off: https://sync.example/settings
`);
});

test('the HTML has the same texts and links, escaped', () => {
  const { html } = emailBody(message);
  expect(html).toContain('&lt;b&gt;2&lt;/b&gt; meetings</h1>');
  expect(html).toContain(
    '<a href="https://sync.example/meetings/a?b=1&amp;c=2" style="color:#0054a6">Q4 &quot;review&quot; and &lt;script&gt;alert(1)&lt;/script&gt;</a>',
  );
  expect(html).toContain('<a href="https://sync.example/settings" style="color:#0054a6">Switch it off</a>');
  expect(html).not.toContain('<script>');
  expect(html).toContain('<html lang="en">');
});

test('the HTML names its language', () => {
  expect(inLanguage('es', () => emailBody(message).html)).toContain('<html lang="es">');
});
