import { storedText } from '../../../languages/stored-text';
import type { ApiKey } from '../../../store/access/api-keys';
import { memberLabel, type ListedMember } from '../../../store/access/members';
import type { Session } from '../../../store/access/sessions';
import { expiryOf, scopesWords, type KeyChoices, type KeyExpiry } from './access/key-choices';
import { roleOptions } from '../layout/role-words';
import { timeOf, type Time } from '../layout/status-words';

/** The page with the API keys. */
export interface KeysPageModel {
  readonly keys: readonly {
    readonly id: string;
    readonly name: string;
    readonly madeBy: string | null;
    readonly createdAt: Time;
    readonly lastUsedAt: Time | null;
    /** What it may do. */
    readonly may: string;
    readonly expiry: KeyExpiry | null;
  }[];
  /** The id of the next key. A form that is sent twice creates only one key. */
  readonly keyId: string;
  readonly keyName: TypedField;
  readonly choices: KeyChoices;
}

/** The page with the people of a workspace. */
export interface PeoplePageModel {
  readonly members: readonly {
    readonly id: string;
    readonly label: string;
    readonly roles: readonly RoleOption[];
    readonly invitedBy: string;
    readonly signedInAt: Time | null;
    readonly isYou: boolean;
    readonly canHaveLink: boolean;
  }[];
  /** Whether links can be sent by e-mail. */
  readonly canMail: boolean;
  /** The roles of a new person. */
  readonly roles: readonly RoleOption[];
  readonly email: TypedField;
  readonly personName: TypedField;
}

type RoleOption = ReturnType<typeof roleOptions>[number];

/** A field of a form with the text that was typed, and its validation error. */
export interface TypedField {
  readonly text: string;
  readonly error: string | null;
}

/** A field that a person has not filled in yet. */
export const UNTOUCHED: TypedField = { text: '', error: null };

export function keysOf(keys: readonly ApiKey[], timeZone: string): KeysPageModel['keys'] {
  return keys.map(({ id, name, createdAt, lastUsedAt, madeBy, scopes, expiresAt }) => ({
    id,
    name,
    may: scopesWords(scopes),
    expiry: expiryOf({ expiresAt }, timeZone),
    madeBy: madeBy && storedText(madeBy),
    createdAt: timeOf(createdAt, timeZone),
    lastUsedAt: lastUsedAt && timeOf(lastUsedAt, timeZone),
  }));
}

/** @param viewer - the session that looks at the page */
export function membersOf(
  members: readonly ListedMember[],
  { memberId, keyId }: Pick<Session, 'memberId' | 'keyId'>,
  timeZone: string,
): PeoplePageModel['members'] {
  return members.map((member) => ({
    id: member.id,
    label: memberLabel(member),
    roles: roleOptions(member.role),
    invitedBy: storedText(member.invitedBy),
    signedInAt: member.signedInAt && timeOf(member.signedInAt, timeZone),
    isYou: member.id === memberId,
    // A session that an API key signed in cannot sign in as another member.
    canHaveLink: keyId === null || member.id === memberId || member.signedInAt === null,
  }));
}
