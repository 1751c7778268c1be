import type { NamedMeeting } from '../../../src/meeting/notices/named-meeting';
import type { DigestFacts, Notice } from '../../../src/messages/digest-facts';
import type { ReasonCode } from '../../../src/meeting/status';

const AT = new Date('2026-11-06T07:00:00Z');

export function notice(event: string, data: Record<string, unknown> = {}): Notice {
  return { event, data, at: AT };
}

export function synced(meetingId: string): Notice {
  return notice('meeting.synced', { meetingId, portalId: 1, reasonCode: null });
}

export function stopped(meetingId: string, reasonCode: ReasonCode): Notice {
  return notice('meeting.needs_attention', { meetingId, portalId: 1, reasonCode });
}

export function skipped(meetingId: string, reasonCode: ReasonCode): Notice {
  return notice('meeting.skipped', { meetingId, portalId: 1, reasonCode });
}

/** A meeting as it is now, without content. */
export function meeting(status: NamedMeeting['status'], reason: ReasonCode | null = null): NamedMeeting {
  return { status, reason, title: null, sentence: null };
}

/** The facts of a message at once. @param meetings - as they are now */
export function facts(meetings: Record<string, NamedMeeting> = {}, others: Partial<DigestFacts> = {}): DigestFacts {
  return {
    workspace: 'Northwind',
    publicUrl: 'https://sync.northwind.example',
    timeZone: 'Europe/Madrid',
    meetings: new Map(Object.entries(meetings)),
    day: null,
    outlet: { name: 'Sales ops', createdBy: 'Ana Ruiz (ana@northwind.example)', settingsPath: '/settings/notices' },
    ...others,
  };
}
