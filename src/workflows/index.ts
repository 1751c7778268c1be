export { ApplyCrmChangeWorkflow } from './apply-crm-change';
export { ReconcileWorkflow } from './reconcile';
export { SyncMeetingWorkflow } from './sync-meeting';
