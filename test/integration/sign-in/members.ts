import type { Role } from '../../../src/store/access/scopes';
import type { DbPool } from '../../../src/store/database';

/** Adds a member, as an invitation does. */
export async function addMember(db: DbPool, workspaceId: string, email: string, role: Role = 'admin'): Promise<void> {
  await db
    .insertInto('members')
    .values({ workspace_id: workspaceId, email, name: null, role, invited_by: 'a test' })
    .execute();
}
