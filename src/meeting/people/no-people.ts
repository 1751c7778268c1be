import { hostOf, isWithinDomain } from './domains';
import { normaliseEmail } from './mailboxes';
import { AUTOMATIC_NAMES, LIST_HOSTS, NOTETAKER_HOSTS, NOTETAKER_NAMES, ROOM_HOSTS } from './no-people-lists';

/** The kinds of attendees that are not people. */
export const NO_PERSON_KINDS = ['room', 'notetaker', 'automatic_sender', 'mailing_list', 'excluded'] as const;
export type NoPersonKind = (typeof NO_PERSON_KINDS)[number];

/** The settings that add to the built-in lists. */
export type Exclusions = {
  /** Domains, including their subdomains. */
  readonly excludedDomains: readonly string[];
  readonly excludedAddresses: readonly string[];
};

/**
 * Words for "do not reply" in the part before the `@`, at its start or after a mark, with any text after them:
 * `calendar-noreply`, `no_reply.eu`, `ne-pas-repondre`.
 */
const DO_NOT_REPLY =
  /(?:^|[^a-z])(?:(?:do[._-]?)?(?:no|not|never|dont)[._-]?(?:repl(?:y|ay|ies)|respond|response|answer|contestar|responder)|ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|keine[._-]?antwort|non[._-]?rispondere|nao[._-]?responda|geen[._-]?antwoord|svar[._-]?ikke|svara[._-]?inte|nie[._-]?odpowiadaj)/;
/** Addresses that mail servers create for a single message (VERP), such as `bounce+3fa2-ana=acme.example`. */
const BOUNCE = /^(?:bounces?|mailer-?daemon|prvs|srs[01]?)(?:$|[-+=._].*)/;
/** Mailboxes of meeting rooms at the companies themselves (Exchange and Google create one for each room). */
const ROOM =
  /(?:^|[^a-z])(?:meeting|conf|conference|board|huddle|training|video|teams|zoom|webex)[._-]?rooms?(?:$|[^a-z])|^rooms?(?:[._-]|\d)|[._-]rooms?[._-]?\d+$|^mtr[._-]|^raum(?:[._-]|\d)|^(?:(?:besprechungs?|konferenz|meeting|seminar|schulungs)[._-]?raum|sitzungszimmer|vergaderzaal|sala[._-]?(?:de[._-]?)?(?:conferencias|juntas|reuniones|reunions|riunioni)|salle[._-]?(?:de[._-]?)?(?:conference|reunion))/;
const NOTETAKER = /(?:^|[^a-z])(?:ai|meeting)?[._-]?note[._-]?taker(?:s|bot)?(?:$|[^a-z])/;
/** The names under which conferences list bots without an address. Makers with an everyday name need a second word. */
const NOTETAKER_NAME = new RegExp(
  [
    String.raw`\bnote[\s-]?taker\b|\botter\s?pilot\b|\b(?:meeting|note|recording|transcription)s?[\s-]bot\b`,
    String.raw`^(?:fireflies(?:\.ai)?|otter\.ai|read\.?\s?ai|tl;?dv|meetgeek(?:\.ai)?|circleback(?:\.ai)?|recall\.ai|tactiq(?:\.io)?|(?:zoom )?ai companion|(?:microsoft|zoom) copilot)$`,
    String.raw`^(?:fireflies(?:\.ai)?|otter(?:\.ai|pilot)|read\.ai|recall\.ai|fathom|tl;?dv|gong|avoma|sembly|meetgeek|fellow|bluedot|chorus|circleback|claap|demodesk|grain|granola|jamie|jiminny|krisp|leexi|modjo|notta|spinach|supernormal|sybill|tactiq)\b.*\b(?:ai|bot|assistant|recorder|recording|notes?|meeting notes)\b`,
  ].join('|'),
  'iu',
);
/** Mailboxes of HubSpot that log what is sent to them, in each of its data centers (`eu1`, `na2`). */
const HUBSPOT_LOG = /^(?:bcc|forward)\.(?:[a-z]{2}\d\.)?hubspot\.com$/;

/**
 * Returns the kind of an address that does not belong to a person: a room or calendar, a notetaker, a mailbox that only
 * sends, a mailing list of a list service, or one that the settings exclude. Null for all others, including those of
 * `isSharedMailbox`.
 */
export function noPersonKind(address: string, { excludedDomains, excludedAddresses }: Exclusions): NoPersonKind | null {
  const email = normaliseEmail(address);
  const host = hostOf(email);
  if (host === null) return null;
  if (excludedAddresses.some((excluded) => normaliseEmail(excluded) === email)) return 'excluded';
  if (excludedDomains.some((domain) => isWithinDomain(host, domain))) return 'excluded';
  const name = nameOf(email);
  if (within(host, ROOM_HOSTS) || /^.+\.webex\.com$/.test(host) || HUBSPOT_LOG.test(host) || ROOM.test(name))
    return 'room';
  if (within(host, LIST_HOSTS) || /^lists?\./.test(host)) return 'mailing_list';
  if (AUTOMATIC_NAMES.has(name) || BOUNCE.test(name) || DO_NOT_REPLY.test(name)) return 'automatic_sender';
  if (NOTETAKER.test(name) || (within(host, NOTETAKER_HOSTS) && NOTETAKER_NAMES.has(name))) return 'notetaker';
  return null;
}

/** Whether a name without an address is a notetaker's. */
export function isNotetakerName(name: string): boolean {
  return NOTETAKER_NAME.test(name.normalize('NFKC'));
}

/** The part before the `@`, without a tag: `fred+ana@fireflies.ai` is `fred`. */
function nameOf(email: string): string {
  const name = email.slice(0, email.lastIndexOf('@'));
  const tag = name.indexOf('+');
  return tag > 0 ? name.slice(0, tag) : name;
}

function within(host: string, hosts: readonly string[]): boolean {
  return hosts.some((one) => host === one || host.endsWith(`.${one}`));
}
