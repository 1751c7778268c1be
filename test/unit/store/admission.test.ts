import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROLES, type Role } from '../../../src/store/access/scopes';
import { decideAdmission, type Applicant, type RoleRules } from '../../../src/store/sign-in/admission';

const BY_GROUP = { admins: 'admin', sales: 'operator', all: 'viewer' };
type Member = NonNullable<Applicant['member']>;

function member(role: Role, values: Partial<Member> = {}): Member {
  return { role, roleFromGroups: false, isLastAdmin: false, hasOtherAccount: false, ...values };
}

test.each<[string, Partial<Applicant>, Partial<RoleRules>, string]>([
  ['no member, no rule', {}, {}, 'not_invited'],
  ['no member, a role for all', {}, { defaultRole: 'viewer' }, 'viewer'],
  ['no member, a group', { groups: ['sales'] }, { groupRoles: BY_GROUP }, 'operator, from a group'],
  [
    'no member, several groups',
    { groups: ['all', 'admins', 'sales'] },
    { groupRoles: BY_GROUP },
    'admin, from a group',
  ],
  [
    'no member, a group above the role for all',
    { groups: ['sales'] },
    { groupRoles: BY_GROUP, defaultRole: 'viewer' },
    'operator, from a group',
  ],
  ['no member, an unknown group', { groups: ['guests'] }, { groupRoles: BY_GROUP }, 'not_invited'],
  ['no member, a group of the name of a method', { groups: ['constructor'] }, { groupRoles: BY_GROUP }, 'not_invited'],
  ['removed', { wasRemoved: true, groups: ['admins'] }, { groupRoles: BY_GROUP, defaultRole: 'viewer' }, 'removed'],
  ['an invited member', { member: member('operator') }, {}, 'own role'],
  ['an invited member, a role for all', { member: member('operator') }, { defaultRole: 'viewer' }, 'own role'],
  [
    'a member gets the role of a group',
    { member: member('viewer'), groups: ['admins'] },
    { groupRoles: BY_GROUP },
    'admin, from a group',
  ],
  [
    'a member loses the role of a group',
    { member: member('admin', { roleFromGroups: true }) },
    { groupRoles: BY_GROUP, defaultRole: 'viewer' },
    'viewer',
  ],
  [
    'a member loses all groups',
    { member: member('admin', { roleFromGroups: true }) },
    { groupRoles: BY_GROUP },
    'no_group',
  ],
  [
    'the last admin in a lesser group',
    { member: member('admin', { isLastAdmin: true }), groups: ['all'] },
    { groupRoles: BY_GROUP },
    'own role',
  ],
  [
    'the last admin without a group',
    { member: member('admin', { isLastAdmin: true, roleFromGroups: true }) },
    { groupRoles: BY_GROUP },
    'own role, from a group',
  ],
  [
    'another account of the same address',
    { member: member('admin', { hasOtherAccount: true }), groups: ['admins'] },
    { groupRoles: BY_GROUP },
    'other_account',
  ],
])('%s', (_case, applicant, rules, outcome) => {
  const admission = decideAdmission(
    { groups: [], member: null, wasRemoved: false, ...applicant },
    { groupRoles: {}, defaultRole: null, ...rules },
  );
  const words =
    admission.problem ?? `${admission.role ?? 'own role'}${admission.roleFromGroups ? ', from a group' : ''}`;
  expect(words).toBe(outcome);
});

test('The last admin stays an admin, regardless of groups', () => {
  const role = fc.constantFrom(...ROLES);
  fc.assert(
    fc.property(
      fc.array(fc.string()),
      fc.dictionary(fc.string(), role),
      fc.option(role, { nil: null }),
      fc.boolean(),
      (groups, groupRoles, defaultRole, roleFromGroups) => {
        const last = member('admin', { isLastAdmin: true, roleFromGroups });
        const admission = decideAdmission({ groups, member: last, wasRemoved: false }, { groupRoles, defaultRole });
        expect(admission.problem === null && ['admin', null].includes(admission.role)).toBe(true);
      },
    ),
  );
});
