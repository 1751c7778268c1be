/** Scopes that an app can request. The consent page refuses others, as HubSpot refuses misspelt ones. */
export const SCOPES: Readonly<Record<string, string>> = {
  oauth: 'Know which account and user connected the app',
  'crm.objects.contacts.read': 'View contacts and their activities',
  'crm.objects.contacts.write': 'Create, delete and change contacts and their activities',
  'crm.objects.companies.read': 'View companies',
  'crm.objects.companies.write': 'Create, delete and change companies',
  'crm.objects.deals.read': 'View deals',
  'crm.objects.deals.write': 'Create, delete and change deals',
  'crm.objects.custom.read': 'View custom object records',
  'crm.objects.custom.write': 'Create, delete and change custom object records',
  'crm.objects.owners.read': 'View users who own records',
  'crm.schemas.contacts.read': 'View property settings of contacts',
  'crm.schemas.contacts.write': 'Change property settings of contacts',
  'crm.schemas.companies.read': 'View property settings of companies',
  'crm.schemas.companies.write': 'Change property settings of companies',
  'crm.schemas.deals.read': 'View property settings of deals',
  'crm.schemas.deals.write': 'Change property settings of deals',
  'crm.schemas.custom.read': 'View custom object definitions',
  'crm.schemas.custom.write': 'Change custom object definitions',
  'settings.users.read': 'View users and their permissions',
  tickets: 'View and change tickets',
};

/** Scopes of the webhooks journal. They belong to the app's own token and are never requested on the consent page. */
export const JOURNAL_SCOPES: ReadonlySet<string> = new Set([
  'developer.webhooks_journal.read',
  'developer.webhooks_journal.subscriptions.read',
  'developer.webhooks_journal.subscriptions.write',
  'developer.webhooks_journal.snapshots.read',
  'developer.webhooks_journal.snapshots.write',
]);

/** Scopes that only an account with custom objects (Enterprise) can grant. */
export const ENTERPRISE_SCOPES: ReadonlySet<string> = new Set([
  'crm.objects.custom.read',
  'crm.objects.custom.write',
  'crm.schemas.custom.read',
  'crm.schemas.custom.write',
]);

/** Splits the scopes in the query of the consent page. */
export function splitScopes(value: string): string[] {
  return [...new Set(value.split(/[\s,]+/u).filter((scope) => scope !== ''))];
}
