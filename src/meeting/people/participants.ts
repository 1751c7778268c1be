import { hostOf, isFreeMailDomain, isWithinDomain, registrableDomain } from './domains';
import { normaliseEmail, shownEmail } from './mailboxes';
import { phoneNumber } from './phones';
import { isNotetakerName, noPersonKind, type Exclusions, type NoPersonKind } from './no-people';
import type { ProcessedMeeting } from '../intake/schema';
import { isSharedMailbox } from './shared-mailboxes';
import type { UnmatchedPerson } from '../status';

/** Somebody from outside with an address: looked for in HubSpot as a contact, then by the company's domain. */
export type ExternalParticipant = {
  /** By `normaliseEmail`: the key under which matches are kept. */
  readonly email: string;
  /** By `shownEmail`: for people. */
  readonly shown: string;
  readonly name: string | null;
  readonly phone: string | null;
  /**
   * Registrable domain to look companies up by, in punycode; `null` for free mail, for hosts that have none, and for
   * shared mailboxes.
   */
  readonly domain: string | null;
  /** A mailbox of several people (`info@`): matched as exactly this contact, never made one. */
  readonly shared: boolean;
};

/** Known by name or phone number only. */
export type PersonWithoutAddress = {
  readonly email: null;
  readonly name: string | null;
  /** In E.164; absent where phone numbers are not matched. */
  readonly e164?: string;
};

/** An attendee that is no person: a room, a bot, a mailbox that only sends. */
export type NoPerson = UnmatchedPerson & { readonly kind: NoPersonKind };

/** The settings that decide who of a meeting is looked for. */
export type ParticipantSettings = Exclusions & {
  readonly ownDomains: readonly string[];
  /** Consumer mail besides what the lists know. */
  readonly freeMailDomains: readonly string[];
  readonly matchPhoneNumbers: boolean;
};

export type MeetingPeople = {
  readonly external: readonly ExternalParticipant[];
  /** External as far as anybody knows, but without an address nothing can be matched. */
  readonly withoutAddress: readonly PersonWithoutAddress[];
  readonly internal: readonly UnmatchedPerson[];
  /** Never looked for; a meeting of colleagues and these alone is internal. */
  readonly noPeople: readonly NoPerson[];
};

/**
 * Who of a meeting is to be looked for in HubSpot (docs/reference.md, "Participants and the cascade rule"). Internal are the host, whoever is marked so,
 * and every address within one of the workspace's own domains or within the host's registrable domain unless that is
 * free mail. Rooms, bots and what the settings exclude are no people. One entry per mailbox; internal wins where the
 * same one is given twice, and the first name and phone that are given count. People without an address are kept apart,
 * once per name.
 */
export function matchableParticipants(
  meeting: Pick<ProcessedMeeting, 'host' | 'participants'>,
  settings: ParticipantSettings,
): MeetingPeople {
  const isOwn = ownAddressCheck(meeting.host.email, settings);
  const people = new Map<string, Mailbox>();
  const nameless: { internal: boolean; name: string | null; e164?: string }[] = [];

  for (const { email, name = null, phone = null, internal = false } of meeting.participants) {
    if (email === undefined) {
      const e164 = settings.matchPhoneNumbers ? phoneNumber(phone ?? name ?? '') : null;
      nameless.push({ internal, name, ...(e164 === null ? {} : { e164 }) });
      continue;
    }
    const key = normaliseEmail(email);
    const known = people.get(key);
    people.set(key, {
      shown: known?.shown ?? shownEmail(email),
      internal: internal || known?.internal === true || isOwn(key),
      name: known?.name ?? name,
      phone: known?.phone ?? phone,
    });
  }

  const outside = distinctNames(nameless.filter((person) => !person.internal));
  const isBot = ({ name }: UnmatchedPerson) => name !== null && isNotetakerName(name);
  const addressed = [...people].map(([email, person]) => ({ ...person, email, kind: noPersonKind(email, settings) }));
  return {
    external: addressed
      .filter(({ internal, kind }) => !internal && kind === null)
      .map(({ email, shown, name, phone }) => {
        const shared = isSharedMailbox(email);
        return {
          email,
          shown,
          name,
          phone,
          domain: shared ? null : companyDomain(email, settings.freeMailDomains),
          shared,
        };
      }),
    withoutAddress: outside.filter((person) => !isBot(person)),
    internal: [
      ...addressed.filter((person) => person.internal).map(({ shown, name }) => ({ email: shown, name })),
      ...distinctNames(nameless.filter((person) => person.internal)),
    ],
    noPeople: [
      ...addressed.flatMap(({ internal, kind, shown, name }) =>
        internal || kind === null ? [] : [{ email: shown, name, kind }],
      ),
      ...outside.filter(isBot).map((person) => ({ ...person, kind: 'notetaker' as const })),
    ],
  };
}

interface Mailbox {
  readonly shown: string;
  readonly internal: boolean;
  readonly name: string | null;
  readonly phone: string | null;
}

/** External people without a match, for the status document: those whose address was not matched, then those without one. */
export function unmatchedPeople(
  people: MeetingPeople,
  matchedEmails: ReadonlySet<string>,
  matchedNumbers: ReadonlySet<string> = new Set(),
): UnmatchedPerson[] {
  const strangers = people.withoutAddress.filter(({ e164 }) => e164 === undefined || !matchedNumbers.has(e164));
  return [
    ...people.external.filter((person) => !matchedEmails.has(person.email)).map(asUnmatched),
    ...new Map(strangers.map(({ name }) => [name, { email: null, name }])).values(),
  ];
}

/** A person as the status document and the preview name them. */
export function asUnmatched({ shown, name }: ExternalParticipant): UnmatchedPerson {
  return { email: shown, name };
}

/** Why a meeting without any root is skipped: nobody from outside took part, or nobody of them is in HubSpot. */
export function skipReasonWithoutRoots(people: MeetingPeople): 'internal_only' | 'no_crm_match' {
  return people.external.length + people.withoutAddress.length === 0 ? 'internal_only' : 'no_crm_match';
}

/** The registrable domain by which an address belongs to a company, `null` where its domain says nothing about one. */
function companyDomain(email: string, freeMailDomains: readonly string[]): string | null {
  return isFreeMailDomain(email, freeMailDomains) ? null : registrableDomain(email);
}

function ownAddressCheck(
  hostEmail: string,
  { ownDomains, freeMailDomains }: ParticipantSettings,
): (email: string) => boolean {
  const host = normaliseEmail(hostEmail);
  const hostDomain = companyDomain(host, freeMailDomains);
  const domains = [...ownDomains, ...(hostDomain === null ? [] : [hostDomain])].filter(
    (domain) => hostOf(domain) !== null,
  );
  return (email) =>
    email === host ||
    (hostDomain !== null && companyDomain(email, freeMailDomains) === hostDomain) ||
    domains.some((domain) => isWithinDomain(email, domain));
}

/** Once for each name, and for each number of that name. */
function distinctNames(
  people: readonly { readonly name: string | null; readonly e164?: string }[],
): PersonWithoutAddress[] {
  return [
    ...new Map(
      people.map(({ name, e164 }) => [
        JSON.stringify([name, e164]),
        { email: null, name, ...(e164 === undefined ? {} : { e164 }) },
      ]),
    ).values(),
  ];
}
