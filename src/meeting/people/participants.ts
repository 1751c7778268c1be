import { hostOf, isFreeMailDomain, isWithinDomain, registrableDomain } from './domains';
import { normaliseEmail, shownEmail } from './mailboxes';
import { phoneNumber } from './phones';
import { isNotetakerName, noPersonKind, type Exclusions, type NoPersonKind } from './no-people';
import type { ProcessedMeeting } from '../intake/schema';
import { isSharedMailbox } from './shared-mailboxes';
import type { UnmatchedPerson } from '../status';

/** An external participant with an address. Searched for in HubSpot as a contact, then by the company's domain. */
export type ExternalParticipant = {
  /** By `normaliseEmail`: the key of stored matches. */
  readonly email: string;
  /** By `shownEmail`: for display. */
  readonly shown: string;
  readonly name: string | null;
  readonly phone: string | null;
  /**
   * The registrable domain for company searches, in punycode; `null` for free mail, for hosts without one, and for
   * shared mailboxes.
   */
  readonly domain: string | null;
  /**
   * Whether several people read the mailbox (`info@`). It is matched only as this exact contact, and no contact is
   * created for it.
   */
  readonly shared: boolean;
};

/** A person with only a name or a phone number. */
export type PersonWithoutAddress = {
  readonly email: null;
  readonly name: string | null;
  /** In E.164; absent where phone numbers are not matched. */
  readonly e164?: string;
};

/** An attendee that is not a person: a room, a bot, a mailbox that only sends. */
export type NoPerson = UnmatchedPerson & { readonly kind: NoPersonKind };

/** The settings that determine which participants are searched for. */
export type ParticipantSettings = Exclusions & {
  readonly ownDomains: readonly string[];
  /** Consumer mail domains besides those of the lists. */
  readonly freeMailDomains: readonly string[];
  readonly matchPhoneNumbers: boolean;
};

export type MeetingPeople = {
  readonly external: readonly ExternalParticipant[];
  /** Presumed external, but they cannot be matched without an address. */
  readonly withoutAddress: readonly PersonWithoutAddress[];
  readonly internal: readonly UnmatchedPerson[];
  /** Never searched for. A meeting of only colleagues and these is internal. */
  readonly noPeople: readonly NoPerson[];
};

/**
 * Determines which participants are searched for in HubSpot (docs/reference.md, "Participants and the cascade rule").
 * Internal are the host, participants who are marked as internal, and every address within one of the workspace's own
 * domains, or within the host's registrable domain unless that is free mail. Rooms, bots and addresses that the
 * settings exclude are not people. There is one entry per mailbox. When a mailbox occurs twice, internal takes
 * precedence, and of several names or phone numbers the first one is used. People without an address are listed separately, once per name.
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

/**
 * Returns external people without a match, for the status document: first those whose address was not matched, then
 * those without an address.
 */
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

/** Whether a contact may be created for the address: not for rooms, bots, mailing lists and shared mailboxes. */
export function mayBecomeContact(email: string, exclusions: Exclusions): boolean {
  return noPersonKind(email, exclusions) === null && !isSharedMailbox(email);
}

/** Returns a person as the status document and the preview show them. */
export function asUnmatched({ shown, name }: ExternalParticipant): UnmatchedPerson {
  return { email: shown, name };
}

/** Returns why a meeting without any root is skipped: no external people took part, or none of them is in HubSpot. */
export function skipReasonWithoutRoots(people: MeetingPeople): 'internal_only' | 'no_crm_match' {
  return people.external.length + people.withoutAddress.length === 0 ? 'internal_only' : 'no_crm_match';
}

/** Returns the registrable domain of an address's company, `null` where the domain identifies no company. */
function companyDomain(email: string, freeMailDomains: readonly string[]): string | null {
  return isFreeMailDomain(email, freeMailDomains) ? null : registrableDomain(email);
}

/** Whether an address is of a colleague: the host's, an own one, or that of a participant who is marked as internal. */
export function isInternalAddress(
  email: string,
  meeting: Pick<ProcessedMeeting, 'host' | 'participants'>,
  settings: ParticipantSettings,
): boolean {
  const mailbox = normaliseEmail(email);
  return (
    ownAddressCheck(meeting.host.email, settings)(mailbox) ||
    meeting.participants.some(
      (each) => each.internal === true && each.email !== undefined && normaliseEmail(each.email) === mailbox,
    )
  );
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

/** Returns each name once, or once for each of its numbers. */
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
