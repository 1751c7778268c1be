import type { ListedSession } from '../../../store/access/sessions';
import { timeOf, type Time } from '../layout/status-words';

/** A signed-in browser in the list of devices. */
export interface DeviceModel {
  readonly id: string;
  readonly who: string;
  readonly since: Time;
  readonly seenAt: Time;
  readonly current: boolean;
}

/** The devices of a workspace. */
export function deviceModels(sessions: readonly ListedSession[], timeZone: string): DeviceModel[] {
  return sessions.map(({ id, actor, since, seenAt, current }) => ({
    id,
    who: actor,
    since: timeOf(since, timeZone),
    seenAt: timeOf(seenAt, timeZone),
    current,
  }));
}
