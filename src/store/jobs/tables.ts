import type { Generated, JSONColumnType } from 'kysely';
import type { BackfillState } from '../../meeting/backfill';
import type { FieldError } from '../../meeting/validation-errors';
import type { SyncStatus } from '../../meeting/status';
import type { Warning } from '../../meeting/warnings/warnings';
import type { CreatedAt, Timestamp } from '../columns';

export interface JobTables {
  backfills: BackfillsTable;
  backfill_lines: BackfillLinesTable;
  reconciliations: ReconciliationsTable;
}

interface BackfillsTable {
  id: Generated<string>;
  workspace_id: string;
  /** `receiving`: the upload is not complete, and the file is not accepted. */
  state: BackfillState | 'receiving';
  created_at: CreatedAt;
  /** When its workflow was started. */
  started_at: Timestamp | null;
  /** Null when it is not paused. */
  paused_at: Timestamp | null;
  finished_at: Timestamp | null;
  /** When a person dismissed the ended backfill, so that pages no longer list it. */
  dismissed_at: Timestamp | null;
  /** Without empty lines. */
  lines: Generated<number>;
  /** A meeting on several lines counts once. */
  meetings: Generated<number>;
  faulty_lines: Generated<number>;
  lines_with_warnings: Generated<number>;
  /** Set when the backfill ends. */
  counts: JSONColumnType<Record<SyncStatus, number>, string | null, string | null> | null;
}

interface BackfillLinesTable {
  backfill_id: string;
  line: number;
  /** Null when the line is invalid. */
  meeting_id: string | null;
  /** JSON; null once the meeting is accepted. */
  body: string | null;
  faults: JSONColumnType<FieldError[], string | null, string | null> | null;
  /** Null without warnings, and once the meeting is accepted. */
  warnings: JSONColumnType<Warning[], string | null, string | null> | null;
}

interface ReconciliationsTable {
  id: Generated<string>;
  workspace_id: string;
  state: 'running' | 'done';
  started_at: CreatedAt;
  finished_at: Timestamp | null;
  links_before: JSONColumnType<Record<string, string>, string | undefined>;
  records_changed: Generated<number>;
  meetings_mended: Generated<number>;
}
