import { sql } from 'kysely';
import { hashToken, randomToken } from '../../secrets';
import type { Session } from '../access/sessions';
import type { Db } from '../database';

/** A form waits this long for its sender to sign in once more. */
const PENDING_SECONDS = 30 * 60;

/** A form that waits until its sender has signed in once more. */
export interface PendingForm {
  /** Where it is sent, below PUBLIC_URL. */
  readonly path: string;
  readonly sealedFields: string;
}

/** Keeps a form for its sender. @returns the secret for the browser */
export async function keepForm(db: Db, session: Session, { path, sealedFields }: PendingForm): Promise<string> {
  const token = randomToken();
  await db
    .deleteFrom('pending_forms')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  await db
    .insertInto('pending_forms')
    .values({
      token_hash: hashToken(token),
      workspace_id: session.workspaceId,
      member_id: session.member?.id ?? null,
      path,
      fields: sealedFields,
      expires_at: sql<Date>`now() + make_interval(secs => ${PENDING_SECONDS})`,
    })
    .execute();
  return token;
}

/** @returns the form of a browser's secret; null when it has expired, or belongs to another person or workspace */
export async function findForm(db: Db, session: Session, token: string): Promise<PendingForm | null> {
  const row = await db
    .selectFrom('pending_forms')
    .select(['path', 'fields'])
    .where('token_hash', '=', hashToken(token))
    .where('workspace_id', '=', session.workspaceId)
    .where('member_id', 'is not distinct from', session.member?.id ?? null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row === undefined ? null : { path: row.path, sealedFields: row.fields };
}

/** Forgets a form, because it was sent. */
export async function forgetForm(db: Db, token: string): Promise<void> {
  await db.deleteFrom('pending_forms').where('token_hash', '=', hashToken(token)).execute();
}
