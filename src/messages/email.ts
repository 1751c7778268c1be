import { currentLanguage } from '../languages/language';
import type { Message, MessageGroup, MessageLink } from './message';
import { oneLine } from './one-line';

/** The two forms of an e-mail's body. */
export interface EmailBody {
  readonly text: string;
  readonly html: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Mail programs read few style sheets, so that each element has its own style. */
const STYLES = {
  body: 'margin:0;padding:24px;background:#f6f8fb;color:#182433;font:15px/1.5 -apple-system,Segoe UI,Roboto,sans-serif',
  card: 'max-width:600px;margin:0 auto;padding:24px;background:#fff;border:1px solid #e6e7e9;border-radius:6px',
  title: 'margin:0 0 16px;font-size:20px;line-height:1.3',
  group: 'margin:20px 0 4px;font-size:16px;line-height:1.4',
  list: 'margin:4px 0;padding-left:20px',
  paragraph: 'margin:4px 0',
  footer: 'max-width:600px;margin:16px auto 0;color:#5b6675;font-size:13px',
  link: 'color:#0054a6',
} as const;

/** A message as an e-mail, in the language of the call. */
export function emailBody(message: Message): EmailBody {
  return { text: plainText(message), html: htmlText(message) };
}

function plainText({ title, groups, footer }: Message): string {
  const parts = groups.map(({ title: heading, lines, link }) =>
    [
      heading,
      ...lines.map(({ text, url }) => `- ${oneLine(text)}${url === null ? '' : `\n  ${url}`}`),
      ...plainLink(link),
    ].join('\n'),
  );
  // The line of two hyphens and a space begins a signature, which mail programs show apart.
  return `${[oneLine(title), ...parts].join('\n\n')}\n\n-- \n${[footer.text, ...plainLink(footer.link)].join('\n')}\n`;
}

function plainLink(link: MessageLink | null): string[] {
  return link === null ? [] : [`${link.text}: ${link.url}`];
}

function htmlText({ title, groups, footer }: Message): string {
  return `<!doctype html>
<html lang="${currentLanguage().code}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title></head>
<body style="${STYLES.body}">
<div style="${STYLES.card}">
<h1 style="${STYLES.title}">${escaped(title)}</h1>
${groups.map(groupHtml).join('\n')}
</div>
<p style="${STYLES.footer}">${escaped(footer.text)}${footer.link === null ? '' : ` ${linkHtml(footer.link)}`}</p>
</body>
</html>
`;
}

function groupHtml({ title, lines, link }: MessageGroup): string {
  const items = lines.map(
    ({ text, url }) => `<li>${url === null ? escaped(oneLine(text)) : linkHtml({ text: oneLine(text), url })}</li>`,
  );
  return [
    `<h2 style="${STYLES.group}">${escaped(title)}</h2>`,
    ...(items.length === 0 ? [] : [`<ul style="${STYLES.list}">${items.join('')}</ul>`]),
    ...(link === null ? [] : [`<p style="${STYLES.paragraph}">${linkHtml(link)}</p>`]),
  ].join('\n');
}

function linkHtml({ text, url }: MessageLink): string {
  return `<a href="${escaped(url)}" style="${STYLES.link}">${escaped(text)}</a>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
