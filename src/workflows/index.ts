export { ApplyCrmChangeWorkflow } from './apply-crm-change';
export { BackfillWorkflow } from './backfill';
export { BulkSyncWorkflow } from './bulk-sync';
export { DeliverNoticesWorkflow } from './deliver-notices';
export { FollowJournalWorkflow } from './follow-journal';
export { ReconcileWorkflow } from './reconcile';
export { SyncMeetingWorkflow } from './sync-meeting';
