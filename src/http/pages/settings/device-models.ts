import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import type { ListedSession } from '../../../store/access/sessions';
import { timeOf, type Time } from '../layout/status-words';

/** A signed-in browser in the list of devices. */
export interface DeviceModel {
  readonly id: string;
  /** `Chrome on macOS`. */
  readonly name: string;
  /** A member, or `via API key "pipeline"`. */
  readonly who: string;
  readonly since: Time;
  readonly seenAt: Time;
  readonly current: boolean;
}

/** The devices of a workspace. */
export function deviceModels(sessions: readonly ListedSession[], timeZone: string): DeviceModel[] {
  return sessions.map(({ id, actor, device, since, seenAt, current }) => ({
    id,
    name: deviceText(device),
    who: storedText(actor.replace(/^a person (?=via )/, '')),
    since: timeOf(since, timeZone),
    seenAt: timeOf(seenAt, timeZone),
    current,
  }));
}

/** @param device - as `deviceName` writes it */
function deviceText(device: string | null): string {
  const [browser, system] = device?.split(' on ') ?? [];
  if (browser === undefined) return t('Unknown browser');
  return system === undefined ? browser : t('{browser} on {system}', { browser, system });
}
