import { storedText } from '../../../languages/stored-text';
import type { ApiKey } from '../../../store/access/api-keys';
import { memberLabel, type ListedMember } from '../../../store/access/members';
import { timeOf, type Time } from '../layout/status-words';

/** The page with the API keys. */
export interface KeysPageModel {
  readonly keys: readonly {
    readonly id: string;
    readonly name: string;
    readonly madeBy: string | null;
    readonly createdAt: Time;
    readonly lastUsedAt: Time | null;
  }[];
  /** The id of the next key. A form that is sent twice creates only one key. */
  readonly keyId: string;
  readonly keyName: TypedField;
}

/** The page with the people of a workspace. */
export interface PeoplePageModel {
  readonly members: readonly {
    readonly id: string;
    readonly label: string;
    readonly invitedBy: string;
    readonly signedInAt: Time | null;
    readonly isYou: boolean;
  }[];
  /** Whether links can be sent by e-mail. */
  readonly canMail: boolean;
  readonly email: TypedField;
  readonly personName: TypedField;
}

/** A field of a form with the text that was typed, and its validation error. */
export interface TypedField {
  readonly text: string;
  readonly error: string | null;
}

/** A field that a person has not filled in yet. */
export const UNTOUCHED: TypedField = { text: '', error: null };

export function keysOf(keys: readonly ApiKey[], timeZone: string): KeysPageModel['keys'] {
  return keys.map(({ createdAt, lastUsedAt, madeBy, ...key }) => ({
    ...key,
    madeBy: madeBy && storedText(madeBy),
    createdAt: timeOf(createdAt, timeZone),
    lastUsedAt: lastUsedAt && timeOf(lastUsedAt, timeZone),
  }));
}

/** @param memberId - the person who looks at the page; null for an unnamed session */
export function membersOf(
  members: readonly ListedMember[],
  memberId: string | null,
  timeZone: string,
): PeoplePageModel['members'] {
  return members.map((member) => ({
    id: member.id,
    label: memberLabel(member),
    invitedBy: storedText(member.invitedBy),
    signedInAt: member.signedInAt && timeOf(member.signedInAt, timeZone),
    isYou: member.id === memberId,
  }));
}
