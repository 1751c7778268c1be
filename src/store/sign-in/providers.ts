import { sql } from 'kysely';
import { createAccess, type Creator } from '../access/creator';
import { recordAudit, type AuditEvent } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { isUniqueViolation } from '../failures';
import { forgetWorkingProvider } from './policy';

/** The OpenID Connect provider of a workspace. */
export interface OidcProvider {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly sealedSecret: string;
  /** The name of the claim that lists a person's groups. */
  readonly groupsClaim: string;
  /** The role of each group. */
  readonly groupRoles: Readonly<Record<string, string>>;
  /** The role of people whom no group names; null if only invited people may sign in. */
  readonly defaultRole: string | null;
  /** In alphabetical order. */
  readonly domains: readonly string[];
}

type SavedProvider = Omit<OidcProvider, 'workspaceName'>;

/** The context in which a provider's client secret is sealed. */
export function secretContextOf(workspaceId: string): string {
  return `oidc:${workspaceId}`;
}

/** @returns the provider of a workspace, or null */
export async function findProvider(db: Db, workspaceId: string): Promise<OidcProvider | null> {
  return (await providers(db).where('oidc_providers.workspace_id', '=', workspaceId).executeTakeFirst()) ?? null;
}

/** @returns the provider of the workspace that has this e-mail domain, or null */
export async function findProviderOfDomain(db: Db, domain: string): Promise<OidcProvider | null> {
  const row = await providers(db)
    .where('oidc_providers.workspace_id', 'in', (query) =>
      query.selectFrom('oidc_domains').select('oidc_domains.workspace_id').where('oidc_domains.domain', '=', domain),
    )
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Stores the provider of a workspace with its domains. Another issuer, client, secret or domain has to work before
 * one-time links can be off.
 *
 * @returns the domain that another workspace has; null when everything was stored
 * @throws AccessEndedError when the access of the admin has ended
 */
export async function saveProvider(
  db: DbPool,
  admin: Creator,
  changed: Omit<SavedProvider, 'workspaceId'>,
): Promise<{ readonly takenDomain: string | null }> {
  const { workspaceId, actor } = admin;
  const provider = { workspaceId, ...changed };
  const { domains } = provider;
  try {
    return await createAccess(db, admin, async (transaction) => {
      const before = await findProvider(transaction, workspaceId);
      if (before === null || signsInOthers(before, provider)) await forgetWorkingProvider(transaction, workspaceId);
      const values = {
        issuer: provider.issuer,
        client_id: provider.clientId,
        client_secret: provider.sealedSecret,
        groups_claim: provider.groupsClaim,
        group_roles: JSON.stringify(provider.groupRoles),
        default_role: provider.defaultRole,
      };
      await transaction
        .insertInto('oidc_providers')
        .values({ workspace_id: workspaceId, ...values })
        .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(values))
        .execute();
      await transaction.deleteFrom('oidc_domains').where('workspace_id', '=', workspaceId).execute();
      const rows = domains.map((domain) => ({ domain, workspace_id: workspaceId }));
      await transaction.insertInto('oidc_domains').values(rows).execute();
      await recordAudit(transaction, actor, changeOf(workspaceId, before, provider));
      return { takenDomain: null };
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return { takenDomain: await takenDomain(db, workspaceId, domains) };
  }
}

/**
 * Removes the provider of a workspace, and frees its domains.
 *
 * @returns false when there was none
 * @throws AccessEndedError when the access of the admin has ended
 */
export async function deleteProvider(db: DbPool, admin: Creator): Promise<boolean> {
  const { workspaceId, actor } = admin;
  return await createAccess(db, admin, async (transaction) => {
    const before = await findProvider(transaction, workspaceId);
    if (before === null) return false;
    await transaction.deleteFrom('oidc_domains').where('workspace_id', '=', workspaceId).execute();
    await forgetWorkingProvider(transaction, workspaceId);
    await transaction.deleteFrom('oidc_providers').where('workspace_id', '=', workspaceId).execute();
    await recordAudit(transaction, actor, changeOf(workspaceId, before, null));
    return true;
  });
}

/** Whether a change may keep the people from signing in whom the provider signs in now. */
function signsInOthers(before: SavedProvider, after: SavedProvider): boolean {
  const parts = ({ issuer, clientId, sealedSecret, domains }: SavedProvider) =>
    JSON.stringify([issuer, clientId, sealedSecret, domains.toSorted()]);
  return parts(before) !== parts(after);
}

/** The sealed client secrets of all workspaces, for the rotation of keys. */
export async function listProviderSecrets(
  db: Db,
): Promise<{ readonly workspaceId: string; readonly sealedSecret: string }[]> {
  return await db
    .selectFrom('oidc_providers')
    .select(['workspace_id as workspaceId', 'client_secret as sealedSecret'])
    .execute();
}

/** Replaces a sealed secret, unless it was changed meanwhile. */
export async function resealProviderSecret(
  db: Db,
  { workspaceId, from, to }: { readonly workspaceId: string; readonly from: string; readonly to: string },
): Promise<void> {
  await db
    .updateTable('oidc_providers')
    .set({ client_secret: to })
    .where('workspace_id', '=', workspaceId)
    .where('client_secret', '=', from)
    .execute();
}

/** The change of a provider in the audit trail. It says that the secret changed, and never what it is. */
function changeOf(workspaceId: string, before: OidcProvider | null, after: SavedProvider | null): AuditEvent {
  const valuesOf = ({ issuer, clientId, groupsClaim, groupRoles, defaultRole, domains }: typeof after & object) => ({
    issuer,
    clientId,
    groupsClaim,
    groupRoles,
    defaultRole,
    domains,
  });
  return {
    workspaceId,
    action: 'settings.change',
    object: { type: 'settings', id: 'single-sign-on' },
    ...(before === null ? {} : { before: valuesOf(before) }),
    ...(after === null
      ? {}
      : { after: { ...valuesOf(after), secretChanged: before?.sealedSecret !== after.sealedSecret } }),
  };
}

async function takenDomain(db: Db, workspaceId: string, domains: readonly string[]): Promise<string | null> {
  const row = await db
    .selectFrom('oidc_domains')
    .select('domain')
    .where('domain', 'in', domains)
    .where('workspace_id', '<>', workspaceId)
    .executeTakeFirst();
  return row?.domain ?? null;
}

function providers(db: Db) {
  return db
    .selectFrom('oidc_providers')
    .innerJoin('workspaces', 'workspaces.id', 'oidc_providers.workspace_id')
    .select([
      'oidc_providers.workspace_id as workspaceId',
      'workspaces.name as workspaceName',
      'issuer',
      'client_id as clientId',
      'client_secret as sealedSecret',
      'groups_claim as groupsClaim',
      'group_roles as groupRoles',
      'default_role as defaultRole',
      sql<string[]>`array(
        select domain from oidc_domains where oidc_domains.workspace_id = oidc_providers.workspace_id order by domain
      )`.as('domains'),
    ]);
}
