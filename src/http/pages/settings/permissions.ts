import type { ConnectionDocument } from '../../../connection/connect';

/** A permission of the app in HubSpot, as people read it. */
export interface Permission {
  readonly scope: string;
  /** What it is for. */
  readonly why: string;
  /** What does not work without it; null for one that is granted, or that nothing needs yet. */
  readonly costs: string | null;
  readonly granted: boolean;
}

const CONTENT: Readonly<Record<string, string>> = {
  contacts: 'the people',
  companies: 'the companies',
  deals: 'the deals',
};

const WHY: Readonly<Record<string, string>> = {
  oauth: 'Required by HubSpot for every app.',
  'crm.objects.contacts.write':
    'Add activities to timelines, and create contacts if you turn on “Create missing contacts”.',
  'crm.objects.owners.read': 'Make the host of a meeting the owner of its activities.',
  'crm.objects.custom.read': 'Find custom objects of a meeting, if your HubSpot plan has them.',
  'crm.objects.custom.write': 'Add activities to the timelines of custom objects.',
  'crm.schemas.custom.read': 'List your custom objects and their properties in the settings.',
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
    why: unusedScopes.includes(scope) ? 'For a later version.' : whyOf(scope),
    costs: null,
    granted: true,
  }));
  const missing = missingScopes
    .filter(({ scope }) => scope !== NOT_NEEDED_YET)
    .map(({ scope, costs }) => ({ scope, why: whyOf(scope), costs, granted: false }));
  return [...missing, ...granted];
}

function whyOf(scope: string): string {
  const known = WHY[scope];
  if (known !== undefined) return known;
  const { of, type, right } =
    /^crm\.(?<of>objects|schemas)\.(?<type>\w+)\.(?<right>read|write)$/.exec(scope)?.groups ?? {};
  const what = type === undefined ? undefined : CONTENT[type];
  if (what === undefined) return scope === NOT_NEEDED_YET ? 'For a later version.' : 'Granted in addition; not used.';
  if (of === 'schemas')
    return right === 'read'
      ? `See which properties of ${what} take values of a meeting.`
      : `Create the standard properties of ${what}, if you ask for them.`;
  return right === 'read' ? `Find ${what} of a meeting.` : `Add activities to the timelines of ${what}.`;
}
