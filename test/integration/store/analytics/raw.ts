import { sql, type Kysely } from 'kysely';
import type { ProcessedMeeting } from '../../../../src/meeting/intake/schema';
import type { UnmatchedPerson } from '../../../../src/meeting/status';
import type { Database } from '../../../../src/store/schema';

/** Rows of all workspaces and accounts. The oracle filters them itself, so that it finds rows of a wrong workspace. */
export interface Raw {
  readonly meetings: readonly {
    readonly workspace_id: string;
    readonly meeting_id: string;
    readonly body: ProcessedMeeting | null;
    readonly title: string;
    readonly started_at: Date;
    readonly status: string;
    readonly erasing: boolean;
    readonly portal_id: number | null;
    readonly unmatched: readonly UnmatchedPerson[];
  }[];
  readonly links: readonly {
    readonly workspace_id: string;
    readonly meeting_id: string;
    readonly portal_id: number;
    readonly object_type: string;
    readonly record_id: string;
    readonly refused: string | null;
  }[];
  readonly records: readonly {
    readonly portal_id: number;
    readonly object_type: string;
    readonly record_id: string;
    readonly properties: Readonly<Record<string, string | null>> | null;
    readonly archived: boolean;
    readonly merged_into: string | null;
  }[];
  readonly pipelines: readonly {
    readonly portal_id: number;
    readonly object_type: string;
    readonly pipeline_id: string;
    readonly label: string;
    readonly position: number;
  }[];
  readonly stages: readonly {
    readonly portal_id: number;
    readonly object_type: string;
    readonly pipeline_id: string;
    readonly stage_id: string;
    readonly label: string;
    readonly position: number;
    readonly is_closed: boolean;
    readonly probability: number | null;
  }[];
  readonly owners: readonly {
    readonly portal_id: number;
    readonly owner_id: string;
    readonly email: string | null;
    readonly name: string | null;
    readonly archived: boolean;
  }[];
  readonly types: readonly { readonly portal_id: number; readonly object_type: string; readonly plural: string }[];
  readonly participants: readonly {
    readonly workspace_id: string;
    readonly meeting_id: string;
    readonly email: string;
  }[];
  readonly tasks: readonly {
    readonly workspace_id: string;
    readonly meeting_id: string;
    readonly portal_id: number;
    readonly kind: string;
    readonly text: string;
    readonly position: number;
    readonly owner_email: string;
    readonly due_at: Date;
    readonly completed_at: Date | null;
  }[];
  readonly engagements: readonly {
    readonly workspace_id: string;
    readonly meeting_id: string;
    readonly portal_id: number;
    readonly kind: string;
    readonly hubspot_id: string | null;
    readonly deleted_at: Date | null;
  }[];
  readonly connections: readonly {
    readonly workspace_id: string;
    readonly portal_id: number;
    readonly time_zone: string;
  }[];
}

export async function readRaw(db: Kysely<Database>): Promise<Raw> {
  const all = async <Row>(columns: string, table: string): Promise<readonly Row[]> =>
    (await sql<Row>`select ${sql.raw(columns)} from ${sql.table(table)}`.execute(db)).rows;
  return {
    meetings: await all(
      'workspace_id, meeting_id, body, title, started_at, status, erasing, portal_id, unmatched',
      'meetings',
    ),
    links: await all('workspace_id, meeting_id, portal_id, object_type, record_id, refused', 'links'),
    records: await all('portal_id, object_type, record_id, properties, archived, merged_into', 'crm_records'),
    pipelines: await all('portal_id, object_type, pipeline_id, label, position', 'crm_pipelines'),
    stages: await all(
      'portal_id, object_type, pipeline_id, stage_id, label, position, is_closed, probability',
      'crm_stages',
    ),
    owners: await all('portal_id, owner_id, email, name, archived', 'crm_owners'),
    types: await all('portal_id, object_type, plural', 'crm_object_types'),
    participants: await all('workspace_id, meeting_id, email', 'meeting_participants'),
    tasks: await all(
      'workspace_id, meeting_id, portal_id, kind, text, position, owner_email, due_at, completed_at',
      'step_tasks',
    ),
    engagements: await all('workspace_id, meeting_id, portal_id, kind, hubspot_id, deleted_at', 'engagements'),
    connections: await all('workspace_id, portal_id, time_zone', 'connections'),
  };
}
