import type { AccessTables } from './access/tables';
import type { AuditTables } from './audit/tables';
import type { ConnectionTables } from './connections/tables';
import type { EngagementTables } from './engagements/tables';
import type { FieldTables } from './fields/tables';
import type { InboxTables } from './inbox/tables';
import type { JobTables } from './jobs/tables';
import type { MeetingTables } from './meetings/tables';
import type { MirrorTables } from './mirror/tables';
import type { NoticeTables } from './notices/tables';
import type { ProcessTables } from './processes/tables';
import type { SignInTables } from './sign-in/tables';

/** The tables as Kysely sees them, each declared beside the SQL of its subject. The migrations define them. */
export interface Database
  extends
    AccessTables,
    AuditTables,
    ConnectionTables,
    MeetingTables,
    EngagementTables,
    FieldTables,
    MirrorTables,
    InboxTables,
    JobTables,
    NoticeTables,
    SignInTables,
    ProcessTables {}
