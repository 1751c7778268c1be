export { SyncMeetingWorkflow } from './sync-meeting';
