export { ApplyCrmChangeWorkflow } from './apply-crm-change';
export { FollowJournalWorkflow } from './follow-journal';
export { ReconcileWorkflow } from './reconcile';
export { SyncMeetingWorkflow } from './sync-meeting';
