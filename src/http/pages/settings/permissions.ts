import type { ConnectionDocument } from '../../../connection/connect';
import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';

/** A permission of the app in HubSpot, as people read it. */
export interface Permission {
  readonly scope: string;
  /** What it is for. */
  readonly why: string;
  /** What does not work without it; null for one that is granted, or that nothing needs yet. */
  readonly costs: string | null;
  readonly granted: boolean;
}

const WHY: Readonly<Record<string, string>> = {
  oauth: message('Required by HubSpot for every app.'),
  'crm.objects.contacts.read': message('Find the people of a meeting.'),
  'crm.objects.contacts.write': message(
    'Add activities to timelines, write the values that you choose, and create contacts if you turn on “Create missing contacts”.',
  ),
  'crm.objects.companies.read': message('Find the companies of a meeting.'),
  'crm.objects.companies.write': message(
    'Add activities to the timelines of the companies, and write the values that you choose.',
  ),
  'crm.objects.deals.read': message('Find the deals of a meeting.'),
  'crm.objects.deals.write': message(
    'Add activities to the timelines of the deals, and write the values that you choose.',
  ),
  'crm.schemas.contacts.read': message('See which properties of the people take values of a meeting.'),
  'crm.schemas.contacts.write': message('Create the standard properties of the people, if you ask for them.'),
  'crm.schemas.companies.read': message('See which properties of the companies take values of a meeting.'),
  'crm.schemas.companies.write': message('Create the standard properties of the companies, if you ask for them.'),
  'crm.schemas.deals.read': message('See which properties of the deals take values of a meeting.'),
  'crm.schemas.deals.write': message('Create the standard properties of the deals, if you ask for them.'),
  'crm.objects.owners.read': message('Make the host of a meeting the owner of its activities.'),
  'crm.objects.custom.read': message('Find custom objects of a meeting, if your HubSpot plan has them.'),
  'crm.objects.custom.write': message(
    'Add activities to the timelines of custom objects, and write the values that you choose.',
  ),
  'crm.schemas.custom.read': message('List your custom objects and their properties in the settings.'),
};

/** Nothing uses this optional scope yet, so no one has to grant it. */
const NOT_NEEDED_YET = 'crm.schemas.custom.write';

/** Every permission that the app asks for: what it is for, and what does not work without it. Missing ones come first. */
export function permissionsOf({
  grantedScopes,
  missingScopes,
  unusedScopes,
}: Pick<ConnectionDocument, 'grantedScopes' | 'missingScopes' | 'unusedScopes'>): Permission[] {
  const granted = grantedScopes.map((scope) => ({
    scope,
    why: unusedScopes.includes(scope) ? t('For a later version.') : whyOf(scope),
    costs: null,
    granted: true,
  }));
  const missing = missingScopes
    .filter(({ scope }) => scope !== NOT_NEEDED_YET)
    .map(({ scope, costs }) => ({ scope, why: whyOf(scope), costs: storedText(costs), granted: false }));
  return [...missing, ...granted];
}

function whyOf(scope: string): string {
  if (scope === NOT_NEEDED_YET) return t('For a later version.');
  return t(WHY[scope] ?? message('Granted in addition; not used.'));
}
