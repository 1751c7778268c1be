import type { AccessChange } from '../../../store/access/access-changes';
import type { AdminLink } from '../../../store/access/admin-links';
import type { ApiKey } from '../../../store/access/api-keys';
import { memberLabel, type ListedMember } from '../../../store/access/members';
import type { ListedSession } from '../../../store/access/sessions';
import { timeOf, type Time } from '../layout/status-words';

/** API keys, members, sessions and links for HubSpot admins, as the settings page lists them. */
export interface PeopleModel {
  readonly keys: readonly {
    readonly id: string;
    readonly name: string;
    readonly madeBy: string | null;
    readonly createdAt: Time;
    readonly lastUsedAt: Time | null;
  }[];
  readonly members: readonly {
    readonly id: string;
    readonly label: string;
    readonly invitedBy: string;
    readonly signedInAt: Time | null;
    readonly isYou: boolean;
  }[];
  readonly sessions: readonly {
    readonly id: string;
    readonly actor: string;
    readonly since: Time;
    readonly seenAt: Time;
    readonly current: boolean;
  }[];
  readonly adminLinks: readonly {
    readonly id: string;
    readonly madeBy: string;
    readonly state: { readonly word: string; readonly tone: 'good' | 'busy' | 'off' };
    readonly madeAt: Time;
    readonly expiresAt: Time;
    readonly isOpen: boolean;
  }[];
  readonly access: readonly { readonly actor: string; readonly action: string; readonly when: Time }[];
}

/** Typed texts of the forms for a new key and a new member, with their validation errors. */
export interface PeopleForms {
  /** The id of the next key. A form that is sent twice creates only one key. */
  readonly keyId: string;
  readonly keyName: TypedField;
  readonly email: TypedField;
  readonly memberName: TypedField;
}

export interface TypedField {
  readonly text: string;
  readonly error: string | null;
}

const LINK_STATES = {
  open: { word: 'Active', tone: 'busy' },
  used: { word: 'Used', tone: 'good' },
  revoked: { word: 'Revoked', tone: 'off' },
  expired: { word: 'Expired', tone: 'off' },
} as const;

/**
 * The model of the page on access: API keys, members, sessions, links for admins and changes.
 *
 * @param options - `memberId`: the member who looks at the page; null for a session that an API key opened
 */
export function peopleModel(
  lists: {
    readonly keys: readonly ApiKey[];
    readonly members: readonly ListedMember[];
    readonly sessions: readonly ListedSession[];
    readonly adminLinks: readonly AdminLink[];
    readonly access: readonly AccessChange[];
  },
  { memberId, timeZone }: { readonly memberId: string | null; readonly timeZone: string },
): PeopleModel {
  const time = (date: Date): Time => timeOf(date, timeZone);
  const timeOrNull = (date: Date | null) => date && time(date);
  return {
    keys: lists.keys.map(({ createdAt, lastUsedAt, ...key }) => ({
      ...key,
      createdAt: time(createdAt),
      lastUsedAt: timeOrNull(lastUsedAt),
    })),
    members: lists.members.map((member) => ({
      id: member.id,
      label: memberLabel(member),
      invitedBy: member.invitedBy,
      signedInAt: timeOrNull(member.signedInAt),
      isYou: member.id === memberId,
    })),
    sessions: lists.sessions.map(({ id, actor, since, seenAt, current }) => ({
      id,
      actor,
      since: time(since),
      seenAt: time(seenAt),
      current,
    })),
    adminLinks: lists.adminLinks.map(({ id, madeBy, state, madeAt, expiresAt }) => ({
      id,
      madeBy,
      state: LINK_STATES[state],
      madeAt: time(madeAt),
      expiresAt: time(expiresAt),
      isOpen: state === 'open',
    })),
    access: lists.access.map(({ actor, action, changedAt }) => ({ actor, action, when: time(changedAt) })),
  };
}
