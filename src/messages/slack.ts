import type { Message, MessageGroup, MessageLine, MessageLink } from './message';
import { oneLine } from './one-line';

/** The body of a request to an incoming webhook of Slack, or of a chat that understands the same. */
export interface SlackMessage {
  /** For notifications, and for chats without blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

export type SlackBlock =
  | {
      readonly type: 'header';
      readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: false };
    }
  | { readonly type: 'section'; readonly text: Markdown }
  | { readonly type: 'context'; readonly elements: readonly Markdown[] };

/** `verbatim`: addresses in the text are no links, and channel names no mentions. */
interface Markdown {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

/** Slack's limits (Block Kit reference): blocks of a message, characters of a header and of a section's text. */
const MOST_BLOCKS = 50;
const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3_000;
/** The text is for notifications, which show its beginning only. */
const TEXT_LENGTH = 4_000;

/** Slack's marks for bold, italic, struck and code, which cannot be escaped, with characters that look alike. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A message as Block Kit. */
export function slackMessage({ title, groups, footer }: Message): SlackMessage {
  return {
    text: cut(fallback(title, groups), TEXT_LENGTH),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shortened(oneLine(title), HEADER_LENGTH), emoji: false } },
      ...groups
        .slice(0, MOST_BLOCKS - 2)
        .map((group): SlackBlock => ({ type: 'section', text: markdown(groupText(group)) })),
      { type: 'context', elements: [markdown([literal(footer.text), linkText(footer.link)].join(' ').trim())] },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** Text of others, so that Slack shows it as it is. */
export function literal(text: string): string {
  return escaped(oneLine(text)).replaceAll(/[*_~`]/g, (mark) => LOOK_ALIKES[mark] ?? mark);
}

function groupText({ title, lines, link }: MessageGroup): string {
  const last = linkText(link);
  const parts = [`*${shortened(literal(title), 500)}*`];
  let length = parts[0]?.length ?? 0;
  for (const line of lines.map(lineText)) {
    length += line.length + 1;
    // A line is never cut: half a link is none.
    if (length + last.length + 1 > SECTION_LENGTH) break;
    parts.push(line);
  }
  return [...parts, ...(last === '' ? [] : [last])].join('\n');
}

function lineText({ text, url }: MessageLine): string {
  return `• ${url === null ? literal(text) : linkText({ text, url })}`;
}

function linkText(link: MessageLink | null): string {
  if (link === null) return '';
  // A vertical bar ends the URL.
  const url = escaped(link.url).replaceAll('|', '%7C');
  return `<${url}|${shortened(literal(link.text), 200) || url}>`;
}

function fallback(title: string, groups: readonly MessageGroup[]): string {
  const first = groups[0]?.title;
  const others = groups.length === 1 && first !== undefined && title.endsWith(first) ? [] : groups;
  return [title, ...others.map((group) => `- ${group.title}`)].map((line) => escaped(oneLine(line))).join('\n');
}

function markdown(text: string): Markdown {
  return { type: 'mrkdwn', text, verbatim: true };
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** An entity or a character of two code units at the end stays whole. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/&[a-z]*$|[\uD800-\uDBFF]$/, '');
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${cut(text, length - 1)}…`;
}
