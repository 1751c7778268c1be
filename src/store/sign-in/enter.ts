import { sql, type Transaction } from 'kysely';
import { lockAccess } from '../access/creator';
import { memberLabel, type Member } from '../access/members';
import { setRole } from '../access/roles';
import type { Role } from '../access/scopes';
import { startSession, type SigningBrowser, type StartedSession } from '../access/start-session';
import type { Actor } from '../audit/actor';
import { recordAudit } from '../audit/record-audit';
import type { DbPool } from '../database';
import type { Database } from '../schema';
import { decideAdmission, type AdmissionProblem, type RoleRules } from './admission';
import { recordWorkingMethod } from './policy';
import { wasRemoved } from './removed-people';

/** A person whom the workspace's provider has identified. */
export interface ProviderPerson {
  readonly issuer: string;
  readonly subject: string;
  /** Lower case, verified. */
  readonly email: string;
  readonly name: string | null;
  readonly groups: readonly string[];
  /** When the person entered their credentials; null when the provider does not say. */
  readonly authenticatedAt: Date | null;
}

/** A user of the HubSpot account that a workspace is connected to. */
export interface HubSpotPerson {
  /** Lower case, as HubSpot has verified it. */
  readonly email: string;
  /** Null when HubSpot did not say. */
  readonly isSuperAdmin: boolean | null;
}

/** Why a HubSpot user is refused. `super_admin_unknown`: HubSpot has to be asked with a further permission. */
export type HubSpotProblem = 'removed' | 'not_invited' | 'super_admin_unknown' | 'other_person';

export type Entered<Problem> =
  | { readonly problem: Problem | 'other_person' }
  | { readonly problem: null; readonly session: StartedSession; readonly member: Member };

interface Door {
  readonly workspaceId: string;
  /** The only member who may enter, because they confirm their session; null for anyone. */
  readonly onlyMember: string | null;
}

/** Signs a browser in with an account of the workspace's provider. Adds the person as a member if the rules allow it. */
export async function enterWithProvider(
  db: DbPool,
  { workspaceId, onlyMember }: Door,
  person: ProviderPerson,
  rules: RoleRules,
  browser: SigningBrowser,
): Promise<Entered<AdmissionProblem>> {
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, workspaceId);
    const known = await memberOfPerson(transaction, workspaceId, person);
    const admission = decideAdmission(
      {
        groups: person.groups,
        member: known,
        wasRemoved: await wasRemoved(transaction, workspaceId, { email: person.email, identities: [person] }),
      },
      rules,
    );
    if (admission.problem !== null) return admission;
    if (onlyMember !== null && known?.id !== onlyMember) return { problem: 'other_person' };
    const member =
      known === null
        ? await addMember(transaction, workspaceId, {
            ...person,
            role: admission.role ?? 'viewer',
            by: SINGLE_SIGN_ON,
          })
        : await updateRole(transaction, known, { workspaceId, role: admission.role, ip: browser.address });
    await transaction
      .insertInto('member_identities')
      .values({
        workspace_id: workspaceId,
        issuer: person.issuer,
        subject: person.subject,
        member_id: member.id,
        role_from_groups: admission.roleFromGroups,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'issuer', 'subject'])
          .doUpdateSet({ role_from_groups: admission.roleFromGroups }),
      )
      .execute();
    if (member.role === 'admin') await recordWorkingMethod(transaction, workspaceId, 'oidc');
    const session = await startMemberSession(transaction, workspaceId, member, browser, {
      method: 'oidc',
      ...(person.authenticatedAt === null ? {} : { authenticated_at: person.authenticatedAt }),
    });
    return { problem: null, session, member };
  });
}

/** Signs a browser in with a user of the connected HubSpot account: a member, or a Super Admin if the workspace allows it. */
export async function enterWithHubSpot(
  db: DbPool,
  { workspaceId, onlyMember }: Door,
  { email, isSuperAdmin }: HubSpotPerson,
  { superAdmins }: { readonly superAdmins: boolean },
  browser: SigningBrowser,
): Promise<Entered<HubSpotProblem>> {
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, workspaceId);
    let member = await memberWithEmail(transaction, workspaceId, email);
    if (onlyMember !== null && member?.id !== onlyMember) return { problem: 'other_person' };
    if (member === null) {
      if (await wasRemoved(transaction, workspaceId, { email })) return { problem: 'removed' };
      if (!superAdmins || isSuperAdmin === false) return { problem: 'not_invited' };
      if (isSuperAdmin === null) return { problem: 'super_admin_unknown' };
      member = await addMember(transaction, workspaceId, {
        email,
        name: null,
        role: 'admin',
        by: 'sign-in with HubSpot',
      });
    }
    if (member.role === 'admin') await recordWorkingMethod(transaction, workspaceId, 'hubspot');
    const session = await startMemberSession(transaction, workspaceId, member, browser, { method: 'hubspot' });
    return { problem: null, session, member };
  });
}

/** Who adds members and changes roles by the rules of single sign-on, as histories name it. */
const SINGLE_SIGN_ON = 'single sign-on';

type Txn = Transaction<Database>;

async function startMemberSession(
  transaction: Txn,
  workspaceId: string,
  member: Member,
  browser: SigningBrowser,
  how: { readonly method: 'hubspot' | 'oidc'; readonly authenticated_at?: Date },
): Promise<StartedSession> {
  const { id } = member;
  const origins = { api_key_id: null, made_by_key: null, made_by_keys: [] };
  const actor: Actor = { kind: 'member', id, label: memberLabel(member), ip: browser.address, way: 'page' };
  await recordAudit(transaction, actor, {
    workspaceId,
    action: 'sign_in.success',
    after: { method: how.method, device: browser.device },
  });
  return await startSession(transaction, { workspace_id: workspaceId, member_id: id, ...origins, ...how }, browser);
}

async function memberWithEmail(transaction: Txn, workspaceId: string, email: string): Promise<Member | null> {
  const row = await transaction
    .selectFrom('members')
    .select(['id', 'email', 'name', 'role'])
    .where('workspace_id', '=', workspaceId)
    .where('email', '=', email)
    .executeTakeFirst();
  return row ?? null;
}

/** The member of an account at the provider, else the invited member with its address. */
async function memberOfPerson(transaction: Txn, workspaceId: string, { issuer, subject, email }: ProviderPerson) {
  const members = transaction
    .selectFrom('members')
    .leftJoin('member_identities as identities', (join) =>
      join.onRef('identities.member_id', '=', 'members.id').on('identities.issuer', '=', issuer),
    )
    .select([
      'members.id',
      'members.email',
      'members.name',
      'members.role',
      sql<boolean>`coalesce(identities.role_from_groups, false)`.as('roleFromGroups'),
      sql<boolean>`coalesce(identities.subject <> ${subject}, false)`.as('hasOtherAccount'),
      sql<boolean>`members.role = 'admin' and not exists (
        select from members others
        where others.workspace_id = members.workspace_id and others.role = 'admin' and others.id <> members.id
      )`.as('isLastAdmin'),
    ])
    .where('members.workspace_id', '=', workspaceId);
  const linked = await members.where('identities.subject', '=', subject).executeTakeFirst();
  return linked ?? (await members.where('members.email', '=', email).executeTakeFirst()) ?? null;
}

async function addMember(
  transaction: Txn,
  workspaceId: string,
  person: { readonly email: string; readonly name: string | null; readonly role: Role; readonly by: string },
): Promise<Member> {
  const member = await transaction
    .insertInto('members')
    .values({
      workspace_id: workspaceId,
      email: person.email,
      name: person.name,
      role: person.role,
      invited_by: person.by,
    })
    .returning(['id', 'email', 'name', 'role'])
    .executeTakeFirstOrThrow();
  const actor: Actor = { kind: 'system', id: null, label: person.by, ip: null, way: 'page' };
  const object = { type: 'member', id: member.id, label: memberLabel(member) };
  await recordAudit(transaction, actor, { workspaceId, action: 'member.invite', object, after: { role: member.role } });
  return member;
}

async function updateRole(
  transaction: Txn,
  member: Member,
  { workspaceId, role, ip }: { readonly workspaceId: string; readonly role: Role | null; readonly ip: string | null },
): Promise<Member> {
  if (role === null || role === member.role) return member;
  const actor: Actor = { kind: 'system', id: null, label: SINGLE_SIGN_ON, ip, way: 'page' };
  await setRole(transaction, { workspaceId, id: member.id, role, actor });
  return { ...member, role };
}
