import { addressParser, type Mailbox } from 'postal-mime';
import { isEmailAddress } from '../people/domains';
import { exchangeAlias, unwrappedAddress } from './exchange-names';
import { unescaped } from '../content/html';
import { visible } from '../people/invisible';

/** The content of a field for one e-mail address. */
export type AddressField = {
  /** In the order of the text, each address once. `name` is null where the text has none. */
  readonly mailboxes: readonly { readonly email: string; readonly name: string | null }[];
  /** List entries that name a person without an address. */
  readonly others: readonly string[];
  /** The phone number as written, without `tel:`, when the text has one. */
  readonly phone: string | null;
  /** The person's name when the text has neither address nor phone; null for a placeholder such as `n/a`. */
  readonly name: string | null;
};

/** A longer text is not a list of addresses. */
const MOST_CHARACTERS = 4_000;
const LONGEST_ADDRESS = 320;
const LONGEST_PHONE = 60;
/** How many characters of an unreadable text are used as a name. */
const LONGEST_NAME = 200;

const PREFIX = /^\s*(?:(?:mailto|smtp|e-?mail|mail|acct|xmpp|im|sips?|ex|x500|to|cc|from)\s*:\s*(?:\/\/)?)+/i;
const SEPARATORS = ' ,;:|<>"-\u2013\u2014';
/** Straight, German, French and typographic quotes: which of them opens and which closes depends on the language. */
const QUOTES = '"\'`\u2018\u2019\u201A\u201C\u201D\u201E\u00AB\u00BB\u2039\u203A\u300C\u300D';
/** What calendars write beside an address about its role or state. */
const REMARK =
  /^(?:organi[sz]er|host|guest|attendee|optional|required|external|internal|accepted|declined|tentative|pending|e-?mail|via\b.*)$/i;
const PLACEHOLDERS = new Set([
  '-',
  '.',
  '?',
  'n/a',
  'na',
  'none',
  'no email',
  'no-email',
  'nomail',
  'invalid:nomail',
  'null',
  'nil',
  'undefined',
  'unknown',
  'not provided',
]);

/**
 * Reads what calendars and models write into an address field: `Laia <laia@acme.example>`, `mailto:`, quotes, a dot at
 * the end, several addresses, Markdown links, iCalendar's `CN=`, Exchange's X.500 and IMCEA names, phone numbers. Finds
 * the address where the text has one, and never invents one.
 */
export function readAddressField(text: string): AddressField {
  const raw = text.trim();
  if (raw.length > MOST_CHARACTERS) return unreadable(raw);
  const given = withoutEncodings(raw);
  const phone = given.includes('@') ? null : phoneIn(given);
  if (phone !== null) return { ...unreadable(raw), phone, name: null };
  // `https://laia@acme.example` is a login at a server, not a mailbox.
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return unreadable(raw);

  const read = entriesOf(given).map(readEntry);
  const mailboxes = distinct(read.flatMap((entry) => entry.mailboxes));
  const others = read
    .flatMap((entry) => entry.others)
    .filter((name) => !isPlaceholder(name))
    .map(shortened);
  const phones = read.flatMap((entry) => entry.phone ?? []);
  const alone = mailboxes.length + others.length < 2;
  const named = exchangeAlias(given) ?? (alone && raw.includes('<') ? others[0] : raw);
  if (mailboxes.length === 0 && others.length === 0 && phones[0] !== undefined)
    return { mailboxes, others, phone: phones[0], name: null };
  if (mailboxes.length === 0) return { ...unreadable(raw, named), phone: phones[0] ?? null };
  return alone
    ? { mailboxes, others, phone: phones[0] ?? null, name: null }
    : { mailboxes, others: [...others, ...phones], phone: null, name: null };
}

function distinct(mailboxes: AddressField['mailboxes']): AddressField['mailboxes'] {
  const first = new Map(mailboxes.toReversed().map((mailbox) => [mailbox.email.toLowerCase(), mailbox]));
  return mailboxes.filter((mailbox) => first.get(mailbox.email.toLowerCase()) === mailbox);
}

function unreadable(raw: string, given = raw): AddressField {
  const name = isPlaceholder(raw) ? null : nameIn(given);
  return { mailboxes: [], others: [], phone: null, name: name === null ? null : shortened(name) };
}

function isPlaceholder(text: string): boolean {
  return PLACEHOLDERS.has(trimmed(text, '([<', '])>').toLowerCase());
}

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…`;
}

/** Undoes the encodings that an address can pick up: entities, percent-encoding, links, a scheme before it. */
function withoutEncodings(raw: string): string {
  const text = fromCalendar(
    plain(unescaped(raw))
      // Markdown and Slack write addresses as links.
      .replaceAll(/\[([^\][]*)\]\(mailto:([^()\s]+)\)/gi, '$1 <$2>')
      .replaceAll(/<mailto:([^<>|\s]+)\|[^<>]*>/gi, '<$1>'),
  );
  const scheme = PREFIX.exec(text)?.[0].toLowerCase() ?? '';
  const rest = text.slice(scheme.length);
  if (scheme.includes('sip')) return rest.replace(/[;?].*$/s, '');
  if (scheme.includes('mailto')) return percentDecoded(rest.replace(/\?.*$/s, ''));
  const decoded = rest.includes('@') || !/%40/i.test(rest) ? rest : percentDecoded(rest);
  return decoded.split('@').length === 2 ? withoutBlanks(decoded) : decoded;
}

/**
 * Undoes what models and web pages write around an address: emphasis (`**laia@acme.example**`), a written-out line break,
 * a colon at the end, and `laia [at] acme [dot] example`.
 */
function plain(text: string): string {
  const line = trimmed(text.replaceAll('\uFF20', '@').replaceAll(/\\[nrt]/g, '\n'), '', ' \t\n:');
  const bare = /^(\*{1,3}|_{1,2})([^*\s]+)\1$/.exec(line)?.[2] ?? line;
  if (bare.includes('@') || !/[[({] ?at ?[\])}]/i.test(bare)) return bare;
  return bare.replaceAll(/ ?[[({] ?at ?[\])}] ?/gi, '@').replaceAll(/ ?[[({] ?dot ?[\])}] ?/gi, '.');
}

/** iCalendar: `ATTENDEE;CN="Laia Pons";ROLE=…:mailto:laia@acme.example`. */
function fromCalendar(text: string): string {
  const end = text.toLowerCase().lastIndexOf(':mailto:');
  const [, name] = /\bCN=("[^"]*"|[^":;]*)/i.exec(text.slice(0, Math.max(end, 0))) ?? [];
  return name === undefined ? text : `${name} <${percentDecoded(text.slice(end + ':mailto:'.length))}>`;
}

/** For a text with one `@`: returns the address in brackets, or removes the blanks around the `@`. */
function withoutBlanks(text: string): string {
  const bracketed = text.replace(/[([{]\s*([^\s()[\]{}@]+@[^\s()[\]{}@]+)\s*[)\]}]/, '<$1>');
  const [local = '', domain = ''] = text.split('@').map((part) => part.trim());
  return /[\s<>]/.test(local) || /[\s<>]/.test(domain) || !domain.includes('.') ? bracketed : `${local}@${domain}`;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const PHONE = /^\+?\(?\d[\d\s()./-]{4,30}(?:\s*(?:x|ext\.?)\s*\d{1,6})?$/i;

function phoneIn(text: string): string | null {
  const [, dialled] = /^(?:tel|callto|phone|sms|whatsapp)\s*:\s*([^;?]+)/i.exec(text) ?? [];
  if (dialled !== undefined) return /\d{3}/.test(dialled.replaceAll(/\D/g, '')) ? dialled.trim() : null;
  // In a SIP address, the part before the @ is the number to dial.
  if (text.length > LONGEST_PHONE) return null;
  const bare = /^(\+\d{6,15})@[^\s,;]+$/.exec(text)?.[1] ?? text;
  const digits = bare.replaceAll(/\D/g, '').length;
  return PHONE.test(bare) && digits >= 6 && digits <= 21 ? bare.trim() : null;
}

/**
 * Splits a list at line breaks and semicolons, and at bars between addresses: `Laia Pons | Acme` is one name. A list with
 * a separator inside quotes is left whole for the parser. A parameter (`SIZE=1`) beside an address is no entry.
 */
function entriesOf(text: string): string[] {
  const parts = text.split(/[;\n\r]/).flatMap((part) => {
    const between = part.split('|');
    return between.every((each) => each.includes('@')) ? between : [part];
  });
  const whole = parts.some((part) => part.split('"').length % 2 === 0);
  return (whole ? [text] : parts)
    .map((part) => part.replace(PREFIX, '').trim())
    .filter((part, _, all) => part !== '' && (all.length === 1 || !/^[a-z-]{2,20}=\S*$/i.test(part)));
}

type Entry = Pick<AddressField, 'mailboxes' | 'others' | 'phone'>;

/**
 * Reads one part of a list, which may contain commas: `Pons, Laia <laia@acme.example>` is one person, `laia@…, pol@…`
 * are two.
 */
function readEntry(text: string): Entry {
  const phone = phoneIn(text);
  if (phone !== null) return { mailboxes: [], others: [], phone };
  const whole = exchangeAlias(text);
  if (whole !== null) return { mailboxes: [], others: [shortened(whole)], phone: null };
  const mailboxes: { email: string; name: string | null }[] = [];
  const bracketed = text.includes('<');
  let before: string | null = null;
  let number: string | null = null;
  const others: string[] = [];
  for (const { address, name } of parsed(text)) {
    const email = unwrappedAddress(bareAddress(address));
    const alias = exchangeAlias(email);
    // `laia@acme,example` has lost its dot. A host without a dot is accepted only when the address is the whole text.
    const readable = isEmailAddress(email) && (text === address || /@.*[.\u3002\uFF0E\uFF61]/.test(email));
    if (alias !== null || !readable) {
      if (before !== null) others.push(before);
      const called = nameIn(name === '' || name === address ? (alias ?? address) : name);
      before = alias === null ? called : null;
      if (alias !== null) others.push(called ?? alias);
      continue;
    }
    // The text before an address is its name, unless it is an entry of its own.
    if (before !== null && /[@/=]/.test(before)) {
      others.push(before);
      before = null;
    }
    const more = bracketed
      ? []
      : name
          .split(/[\s/]+/)
          .map(bareAddress)
          .filter(isEmailAddress);
    const own = more.length > 0 ? null : nameIn([name, before ?? ''].join(' '), email);
    // `laia@acme.example (+34 600 000 001)`
    const dialled = phoneIn(own ?? '');
    number ??= dialled;
    mailboxes.push(
      { email, name: dialled === null ? own : null },
      ...more.map((each) => ({ email: each, name: null })),
    );
    before = null;
  }
  return { mailboxes, others: before === null ? others : [...others, before], phone: number };
}

function parsed(text: string): Mailbox[] {
  return addressParser(text, { flatten: true }).flatMap((entry) => (entry.group === undefined ? [entry] : entry.group));
}

/** Returns an address without the characters around it. A guest of another Microsoft tenant gets their own address. */
function bareAddress(address: string): string {
  const whole = visible(address).replace(PREFIX, '');
  const query = whole.indexOf('?', whole.lastIndexOf('@') + 1);
  const bare = trimmed(
    query > 0 && whole.includes('@') ? whole.slice(0, query) : whole,
    ` \t<([{${QUOTES}`,
    ` \t>)]}.,;:!/\\#\u2026${QUOTES}`,
  );
  if (bare.length > LONGEST_ADDRESS) return bare;
  const [, guest] = /^(.+)#EXT#@[^@]+$/i.exec(bare) ?? [];
  if (guest !== undefined) return guest.replace(/_([^_]+)$/, '@$1');
  // CalDAV names a person by a path: `/principals/users/laia@acme.example`.
  const [, last] = /^\/[^=@]*\/([^/=@]+@[^@]+)$/.exec(bare) ?? [];
  return last ?? bare;
}

/**
 * Returns a name without brackets, quotes and separators around it, or null when only the address or nothing remains.
 */
function nameIn(text: string, email?: string): string | null {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\[ ?\]|\( ?\)|< ?>/g, '')
    .trim();
  const unquoted = line.length > 1 && (line.at(0) === '"' || line.at(0) === "'") && line.at(0) === line.at(-1);
  const name = trimmed(unquoted ? line.slice(1, -1) : line, SEPARATORS, SEPARATORS);
  if (!/[\p{L}\p{N}]/u.test(name) || REMARK.test(name)) return null;
  return email !== undefined && bareAddress(name).toLowerCase() === email.toLowerCase() ? null : name;
}

/** Not a regular expression: it would try every run of these characters, and a field may be full of them. */
function trimmed(text: string, atStart: string, atEnd: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && atStart.includes(text.charAt(start))) start += 1;
  while (end > start && atEnd.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
