/** A meeting of a workspace. `meetingId` is the caller's own id. */
export interface MeetingKey {
  readonly workspaceId: string;
  readonly meetingId: string;
}
