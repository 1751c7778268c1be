import type { Generated } from 'kysely';
import type { CreatedAt, Timestamp } from '../columns';

export interface ProcessTables {
  processes: ProcessesTable;
}

interface ProcessesTable {
  id: string;
  started_at: CreatedAt;
  seen_at: Generated<Date>;
  polls: Generated<boolean>;
  stopped_at: Timestamp | null;
}
