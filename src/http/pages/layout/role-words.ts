import { message, t } from '../../../languages/text';
import { ROLES, type Role } from '../../../store/access/scopes';

/** The names of the roles, in English. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: message('Viewer'),
  operator: message('Operator'),
  admin: message('Admin'),
};

const EXPLANATIONS: Readonly<Record<Role, string>> = {
  viewer: message('Sees meetings, records, analytics and reviews, and changes nothing.'),
  operator: message(
    'Also syncs meetings again, links and unlinks records, creates contacts, decides reviews, controls imports and removes meetings from HubSpot.',
  ),
  admin: message('Also changes settings, the HubSpot connection, API keys and people.'),
};

/** The roles as options of a form, with what each may do. @param chosen - the one that is selected */
export function roleOptions(chosen: Role) {
  return ROLES.map((value) => ({
    value,
    word: t(ROLE_WORDS[value]),
    explanation: t(EXPLANATIONS[value]),
    chosen: value === chosen,
  }));
}
