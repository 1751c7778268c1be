import { sql } from 'kysely';
import type { ReasonCode } from '../../meeting/status';
import type { Db } from '../database';

/** The number of meetings with one status and reason. */
export interface ReasonCount {
  readonly status: 'needs_attention' | 'skipped';
  readonly code: ReasonCode;
  readonly count: number;
}

/** Counts the workspace's meetings that need attention or were skipped, by reason, the most frequent first. */
export async function countByReason(db: Db, workspaceId: string): Promise<ReasonCount[]> {
  const { rows } = await sql<ReasonCount>`
    select status, reason ->> 'code' as code, count(*) as count from meetings
    where workspace_id = ${workspaceId} and status in ('needs_attention', 'skipped') and reason is not null
    group by status, reason ->> 'code'
    order by status, count(*) desc, code
  `.execute(db);
  return rows;
}
