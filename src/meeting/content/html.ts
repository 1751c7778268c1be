import { linkAddresses, withoutTags } from './markup';
import { isHttpUrl } from './urls';

/** A piece of finished HTML. Plain strings are escaped when they are inserted into it. */
export type Html = { readonly html: string };
type Content = Html | string;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '<br>',
};

const escapeCharacter = (character: string) => entities[character] ?? character;
const special = /[&<>"'\n]/g;

/**
 * Cleans up a text for display: removes control characters, replaces halves of surrogate pairs, collapses runs of
 * blanks and limits consecutive empty lines to one.
 */
export function tidy(value: string): string {
  return value
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(/[\t\v\f]/g, ' ')
    .replaceAll(/(?!\n)\p{Cc}/gu, '')
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** Like {@link tidy}, for places that have one line of plain text, such as an activity's title. */
export function singleLine(value: string): string {
  return tidy(value).replaceAll(/\n+/g, ' ');
}

/** Escapes a text. Line breaks become `<br>`, because HubSpot does not show `\n`. */
export function text(value: string): Html {
  return { html: tidy(value).replaceAll(special, escapeCharacter) };
}

/**
 * Escapes a text and cuts it to at most `maxCharacters` (UTF-16 code units, including entities and tags), with `…` at
 * the cut. It splits neither an entity nor a surrogate pair.
 */
export function shortenedText(value: string, maxCharacters: number): Html {
  const whole = text(value);
  if (whole.html.length <= maxCharacters) return whole;
  let kept = '';
  for (const character of tidy(value)) {
    const next = escapeCharacter(character);
    if (kept.length + next.length > maxCharacters - 1) break;
    kept += next;
  }
  return { html: maxCharacters < 1 ? '' : `${kept.replace(/(?: |<br>)+$/, '')}…` };
}

/** Concatenates pieces. */
export function join(...contents: readonly Content[]): Html {
  return { html: contents.map((content) => (typeof content === 'string' ? text(content) : content).html).join('') };
}

/** Concatenates pieces with a plain separator, whose blanks are kept. */
export function separated(separator: string, contents: readonly Content[]): Html {
  const between = separator.replaceAll(special, escapeCharacter);
  return { html: contents.map((content) => join(content).html).join(between) };
}

/**
 * The only tags that all sources saw survive in HubSpot's bodies, besides `br` and `a` (docs/hubspot.md, "Assumed").
 * HubSpot strips headings and comments there.
 */
const element =
  (tag: 'p' | 'strong' | 'em' | 'ul' | 'ol' | 'li') =>
  (...contents: readonly Content[]): Html => ({ html: `<${tag}>${join(...contents).html}</${tag}>` });

export const p = element('p');
export const strong = element('strong');
export const em = element('em');
export const ul = element('ul');
export const ol = element('ol');
export const li = element('li');

/** A link, or only its label when the address is not an absolute http(s) one. */
export function a(url: string, label: Content): Html {
  if (!isHttpUrl(url)) return join(label);
  return { html: `<a href="${url.replaceAll(special, escapeCharacter)}">${join(label).html}</a>` };
}

/**
 * Whether a body that HubSpot returns links to an address. By such a link a sync recognises its own activity. HubSpot
 * may rewrite the link's entities and attributes, so addresses are compared as a browser would read them.
 */
export function linksTo(body: string, url: string): boolean {
  const wanted = comparable(url);
  return linkAddresses(body).some((address) => comparable(unescaped(address)) === wanted);
}

/**
 * Returns a body's words without markup and white space. The result is the same for a body as it was sent and as
 * HubSpot returns it, regardless of changes to tags, attributes, blanks and entities.
 */
export function bareText(html: string): string {
  return unescaped(withoutTags(html)).replaceAll(/[\s\u200B\uFEFF]+/gu, '');
}

function comparable(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}

/** Replaces the HTML entities that occur in texts (`&lt;`, `&#64;`, `&nbsp;`) and keeps all others. */
export function unescaped(value: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  return value.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (whole, hex, decimal, name) => {
      if (typeof name === 'string') return named[name.toLowerCase()] ?? whole;
      const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
