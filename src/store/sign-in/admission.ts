import { ROLES, type Role } from '../access/scopes';

/** A person at the door of a workspace, whom its provider has identified. */
export interface Applicant {
  readonly groups: readonly string[];
  /** The member whose identity or address this is; null for a person who is no member. */
  readonly member: {
    readonly role: Role;
    /** Whether the role came from a group at the last sign-in. */
    readonly roleFromGroups: boolean;
    readonly isLastAdmin: boolean;
    /** Whether the member signs in with another account of the same provider. */
    readonly hasOtherAccount: boolean;
  } | null;
  /** Whether an admin has removed this person. */
  readonly wasRemoved: boolean;
}

/** How a provider's groups become roles. */
export interface RoleRules {
  /** The role of each group. */
  readonly groupRoles: Readonly<Record<string, string>>;
  /** The role of people whom no group names; null if only invited people may sign in. */
  readonly defaultRole: string | null;
}

/** Why an identified person is refused. */
export type AdmissionProblem = 'other_account' | 'removed' | 'not_invited' | 'no_group';

export type Admission =
  | { readonly problem: AdmissionProblem }
  /** `role`: null keeps the member's own. */
  | { readonly problem: null; readonly role: Role | null; readonly roleFromGroups: boolean };

/**
 * Decides whether a person may sign in, and with which role. Groups decide where they name the person; a role that came
 * from a group ends with it. The last admin keeps access regardless of groups.
 */
export function decideAdmission({ groups, member, wasRemoved }: Applicant, rules: RoleRules): Admission {
  const groupRole = greatestRole(groups.map((group) => rules.groupRoles[group]));
  const defaultRole = greatestRole([rules.defaultRole]);
  if (member === null) {
    if (wasRemoved) return { problem: 'removed' };
    const role = groupRole ?? defaultRole;
    return role === null ? { problem: 'not_invited' } : { problem: null, role, roleFromGroups: groupRole !== null };
  }
  if (member.hasOtherAccount) return { problem: 'other_account' };
  if (member.isLastAdmin && groupRole !== 'admin')
    return { problem: null, role: null, roleFromGroups: member.roleFromGroups };
  if (groupRole !== null) return { problem: null, role: groupRole, roleFromGroups: true };
  if (!member.roleFromGroups) return { problem: null, role: null, roleFromGroups: false };
  return defaultRole === null ? { problem: 'no_group' } : { problem: null, role: defaultRole, roleFromGroups: false };
}

function greatestRole(names: readonly (string | null | undefined)[]): Role | null {
  return ROLES.findLast((role) => names.includes(role)) ?? null;
}
