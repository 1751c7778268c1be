import { sql } from 'kysely';
import { createAccess, type Creator } from '../access/creator';
import { recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';

/** The ways of signing in and the time-outs of a workspace. */
export interface SignInPolicy {
  /** Whether one-time links are on. See {@link linksWork} for whether they work. */
  readonly links: boolean;
  /** Whether Super Admins of the connected HubSpot account become admins. */
  readonly superAdmins: boolean;
  /** A session ends after this time without use. Null: it does not. */
  readonly idleMinutes: number | null;
  readonly memberHours: number;
  /** For sessions without a member. */
  readonly anonymousHours: number;
}

/** Time-outs, in the unit of each setting. */
export const TIME_OUT_BOUNDS = {
  idleMinutes: { min: 5, max: 14 * 24 * 60 },
  memberHours: { min: 1, max: 90 * 24 },
  anonymousHours: { min: 1, max: 7 * 24 },
} as const;

/** What a workspace has that never changed a setting. */
export const DEFAULT_POLICY: SignInPolicy = {
  links: true,
  superAdmins: false,
  idleMinutes: null,
  memberHours: 14 * 24,
  anonymousHours: 12,
};

/** @returns {@link DEFAULT_POLICY} for a workspace that never changed a setting */
export async function findSignInPolicy(db: Db, workspaceId: string): Promise<SignInPolicy> {
  const row = await db
    .selectFrom('sign_in_settings')
    .select([
      'links',
      'super_admins as superAdmins',
      'idle_minutes as idleMinutes',
      'member_hours as memberHours',
      'anonymous_hours as anonymousHours',
    ])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row ?? DEFAULT_POLICY;
}

/** Stores the settings of a workspace. @throws AccessEndedError when the access of the admin has ended */
export async function saveSignInPolicy(db: DbPool, admin: Creator, policy: SignInPolicy): Promise<void> {
  const { workspaceId, actor } = admin;
  const values = {
    links: policy.links,
    super_admins: policy.superAdmins,
    idle_minutes: policy.idleMinutes,
    member_hours: policy.memberHours,
    anonymous_hours: policy.anonymousHours,
  };
  await createAccess(db, admin, async (transaction) => {
    const before = await findSignInPolicy(transaction, workspaceId);
    await transaction
      .insertInto('sign_in_settings')
      .values({ workspace_id: workspaceId, ...values })
      .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(values))
      .execute();
    const object = { type: 'settings', id: 'sign-in' };
    const event = {
      workspaceId,
      action: 'settings.change',
      object,
      before: { ...before },
      after: { ...policy },
    } as const;
    await recordAudit(transaction, actor, event);
  });
}

/** Remembers that an admin signed in by another way than a link. */
export async function recordWorkingMethod(db: Db, workspaceId: string, method: 'hubspot' | 'oidc'): Promise<void> {
  const values = { [`${method}_worked_at` as const]: sql<Date>`now()` };
  await db
    .insertInto('sign_in_settings')
    .values({ workspace_id: workspaceId, ...values })
    .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(values))
    .execute();
}

/** Forgets that the provider worked, because it was changed or removed. */
export async function forgetWorkingProvider(db: Db, workspaceId: string): Promise<void> {
  await db
    .updateTable('sign_in_settings')
    .set({ oidc_worked_at: null })
    .where('workspace_id', '=', workspaceId)
    .execute();
}

/** The ways other than links that are set up, and have worked for an admin. */
export async function workingMethods(db: Db, workspaceId: string): Promise<readonly ('hubspot' | 'oidc')[]> {
  const row = await db
    .selectFrom('sign_in_settings')
    .leftJoin('connections', 'connections.workspace_id', 'sign_in_settings.workspace_id')
    .leftJoin('oidc_providers', 'oidc_providers.workspace_id', 'sign_in_settings.workspace_id')
    .select([
      sql<boolean>`coalesce(hubspot_worked_at is not null and connections.state = 'connected', false)`.as('hubspot'),
      sql<boolean>`oidc_worked_at is not null and oidc_providers.issuer is not null`.as('oidc'),
    ])
    .where('sign_in_settings.workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return (['hubspot', 'oidc'] as const).filter((method) => row?.[method] === true);
}

/**
 * Whether one-time links work. They do where they are switched on, and where no other way has worked for an admin: when
 * HubSpot is disconnected or the provider changed, no one is locked out.
 */
export async function linksWork(db: Db, workspaceId: string): Promise<boolean> {
  const { links } = await findSignInPolicy(db, workspaceId);
  return links || (await workingMethods(db, workspaceId)).length === 0;
}
