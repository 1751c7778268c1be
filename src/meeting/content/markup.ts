/**
 * Reads untrusted HTML in linear time. A regular expression that searches for a tag's end from every start is quadratic:
 * 65 kB of tag starts block the worker for seconds.
 */

/** A paragraph that contains no other paragraph. */
export interface Paragraph {
  readonly html: string;
  readonly content: string;
  readonly from: number;
  readonly to: number;
}

const BLOCK_TAG = /<\/?(?:p|div)\b/gi;
const BLOCK_OPENING = /^<(p|div)/i;
const BLOCK_CLOSING = /<\/(p|div)\s*>/iy;

/** Returns the innermost paragraphs (`p`, `div`), in order. HubSpot's editor wraps all of them in one `div`. */
export function innermostParagraphs(body: string): Paragraph[] {
  const tags = [...body.matchAll(BLOCK_TAG)].map(({ index }) => index);
  const tagEnd = forwardSearch(body, '>');
  const found: Paragraph[] = [];
  let next = 0;
  let read = 0;
  for (const from of tags) {
    const name = BLOCK_OPENING.exec(body.slice(from, from + 4))?.[1];
    if (from < read || name === undefined) continue;
    const start = tagEnd(from) + 1;
    if (start === 0) break;
    while (next < tags.length && (tags[next] ?? 0) < start) next += 1;
    const closing = closingAt(body, tags[next]);
    if (closing === null || closing.name !== name.toLowerCase()) continue;
    found.push({ html: body.slice(from, closing.to), content: body.slice(start, tags[next]), from, to: closing.to });
    read = closing.to;
  }
  return found;
}

function closingAt(body: string, index: number | undefined): { readonly name: string; readonly to: number } | null {
  if (index === undefined) return null;
  BLOCK_CLOSING.lastIndex = index;
  const [tag, name = ''] = BLOCK_CLOSING.exec(body) ?? [];
  return tag === undefined ? null : { name: name.toLowerCase(), to: index + tag.length };
}

const LINK_TAG = /<a\b/gi;
const HREF = /\bhref\s*=\s*(["'])/gi;

/** Returns the addresses of links (`a`) as written, with their entities. */
export function linkAddresses(body: string): string[] {
  const ends = { '"': forwardSearch(body, '"'), "'": forwardSearch(body, "'") };
  const tagEnd = forwardSearch(body, '>');
  const attributes = body.matchAll(HREF);
  let attribute = attributes.next().value;
  const found: string[] = [];
  let read = 0;
  for (const { index: from } of body.matchAll(LINK_TAG)) {
    if (from < read) continue;
    const close = tagEnd(from);
    for (; attribute !== undefined; attribute = attributes.next().value) {
      if (attribute.index < from) continue;
      if (close !== -1 && attribute.index > close) break;
      const start = attribute.index + attribute[0].length;
      const end = ends[attribute[1] === "'" ? "'" : '"'](start);
      if (end === -1) continue;
      found.push(body.slice(start, end));
      read = end + 1;
      break;
    }
  }
  return found;
}

/** Returns the text between tags. A `<` without a later `>` is text. */
export function withoutTags(html: string): string {
  let kept = '';
  let from = 0;
  for (;;) {
    const open = html.indexOf('<', from);
    const close = open === -1 ? -1 : html.indexOf('>', open);
    if (close === -1) return kept + html.slice(from);
    kept += html.slice(from, open);
    from = close + 1;
  }
}

/** `indexOf` for positions that only move forward: it reads the text once in total. */
function forwardSearch(text: string, character: string): (from: number) => number {
  let at = text.indexOf(character);
  return (from) => {
    if (at !== -1 && at < from) at = text.indexOf(character, from);
    return at;
  };
}
