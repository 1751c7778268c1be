import { hostOf, isFreeMailDomain, isWithinDomain, registrableDomain } from './domains';
import { normaliseEmail, shownEmail } from './mailboxes';
import type { ProcessedMeeting } from './schema';
import type { UnmatchedPerson } from './status';

/** Somebody from outside with an address: looked for in HubSpot as a contact, then by the company's domain. */
export type ExternalParticipant = {
  /** By `normaliseEmail`: the key under which matches are kept. */
  readonly email: string;
  /** By `shownEmail`: for people. */
  readonly shown: string;
  readonly name: string | null;
  readonly phone: string | null;
  /** Registrable domain to look companies up by, in punycode; `null` for free mail and for hosts that have none. */
  readonly domain: string | null;
};

export type MeetingPeople = {
  readonly external: readonly ExternalParticipant[];
  /** External as far as anybody knows, but without an address nothing can be matched. */
  readonly withoutAddress: readonly UnmatchedPerson[];
  readonly internal: readonly UnmatchedPerson[];
};

/**
 * Who of a meeting is to be looked for in HubSpot (contract section 6). Internal are the host, whoever is marked so,
 * and every address within one of the workspace's own domains or within the host's registrable domain unless that is
 * free mail. One entry per address; internal wins where the same address is given twice, and the first name and phone
 * that are given count. People without an address are kept apart, once per name.
 */
export function matchableParticipants(
  meeting: Pick<ProcessedMeeting, 'host' | 'participants'>,
  settings: { readonly ownDomains: readonly string[] },
): MeetingPeople {
  const isOwn = ownAddressCheck(meeting.host.email, settings.ownDomains);
  const people = new Map<string, { shown: string; internal: boolean; name: string | null; phone: string | null }>();
  const nameless: { internal: boolean; name: string | null }[] = [];

  for (const { email, name = null, phone = null, internal = false } of meeting.participants) {
    if (email === undefined) {
      nameless.push({ internal, name });
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

  const addressed = [...people].map(([email, person]) => ({ email, ...person }));
  return {
    external: addressed
      .filter((person) => !person.internal)
      .map(({ email, shown, name, phone }) => ({ email, shown, name, phone, domain: companyDomain(email) })),
    withoutAddress: distinctNames(nameless.filter((person) => !person.internal)),
    internal: [
      ...addressed.filter((person) => person.internal).map(({ shown, name }) => ({ email: shown, name })),
      ...distinctNames(nameless.filter((person) => person.internal)),
    ],
  };
}

/** External people without a match, for the status document: those whose address was not matched, then those without one. */
export function unmatchedPeople(people: MeetingPeople, matchedEmails: ReadonlySet<string>): UnmatchedPerson[] {
  return [
    ...people.external.filter((person) => !matchedEmails.has(person.email)).map(asUnmatched),
    ...people.withoutAddress,
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
export function companyDomain(email: string): string | null {
  return isFreeMailDomain(email) ? null : registrableDomain(email);
}

function ownAddressCheck(hostEmail: string, ownDomains: readonly string[]): (email: string) => boolean {
  const host = normaliseEmail(hostEmail);
  const hostDomain = companyDomain(host);
  const domains = [...ownDomains, ...(hostDomain === null ? [] : [hostDomain])].filter(
    (domain) => hostOf(domain) !== null,
  );
  return (email) =>
    email === host ||
    (hostDomain !== null && companyDomain(email) === hostDomain) ||
    domains.some((domain) => isWithinDomain(email, domain));
}

function distinctNames(people: readonly { readonly name: string | null }[]): UnmatchedPerson[] {
  return [...new Set(people.map((person) => person.name))].map((name) => ({ email: null, name }));
}
