import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import type { ListedSession } from '../../../store/access/sessions';
import { timeOf, type Time } from '../layout/status-words';

/** A signed-in browser in the list of devices. */
export interface DeviceModel {
  readonly id: string;
  /** `Chrome on macOS`. */
  readonly name: string;
  /** A member, or `via API key "pipeline"`. */
  readonly who: string;
  /** The way of the sign-in, and the network address: `Sign-in link, from 203.0.113.5`. */
  readonly entry: string;
  readonly since: Time;
  readonly seenAt: Time;
  readonly current: boolean;
}

/** The devices of a workspace. */
export function deviceModels(sessions: readonly ListedSession[], timeZone: string): DeviceModel[] {
  return sessions.map(({ id, actor, device, method, address, since, seenAt, current }) => ({
    id,
    name: deviceText(device),
    who: storedText(actor.replace(/^a person (?=via )/, '')),
    entry: entryText(method, address),
    since: timeOf(since, timeZone),
    seenAt: timeOf(seenAt, timeZone),
    current,
  }));
}

const METHODS = {
  link: message('Sign-in link'),
  hubspot: 'HubSpot',
  oidc: message('Single sign-on'),
} as const;

function entryText(method: ListedSession['method'], address: string | null): string {
  const way = t(METHODS[method]);
  return address === null ? way : t('{way}, from {address}', { way, address });
}

/** @param device - as `deviceName` writes it */
function deviceText(device: string | null): string {
  const [browser, system] = device?.split(' on ') ?? [];
  if (browser === undefined) return t('Unknown browser');
  return system === undefined ? browser : t('{browser} on {system}', { browser, system });
}
