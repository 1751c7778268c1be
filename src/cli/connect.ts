import { setTimeout as sleep } from 'node:timers/promises';
import { openInBrowser } from '../dev/browser';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';

const POLL_MS = 1_000;

interface LinkAnswer {
  readonly url: string;
  readonly expiresAt: string;
}

interface ConnectionAnswer {
  readonly state: 'none' | 'connected' | 'reauthorize';
  readonly portal: { readonly id: number; readonly domain: string | null } | null;
}

/** `open`: prints a new sign-in link, and opens it in the browser where there is one. */
export async function openPages(options: ApiOptions & { readonly open: boolean }): Promise<void> {
  const link = await reached(apiFor(options).call<LinkAnswer>('POST', '/api/v1/sessions'));
  const opened = options.open && options.json !== true && (await openInBrowser(link.url));
  outputFor(options).result({ ...link, opened }, `${opened ? 'Opened ' : ''}${link.url}`);
}

/** `connect`: prints a link that connects HubSpot, opens it, and waits until HubSpot is connected. */
export async function connectHubSpot(
  options: ApiOptions & { readonly open: boolean; readonly wait: boolean },
): Promise<void> {
  const api = apiFor(options);
  const output = outputFor(options);
  const before = await reached(api.call<ConnectionAnswer>('GET', '/api/v1/connection'));
  if (before.state === 'connected') return output.result(before, `HubSpot is connected: ${accountOf(before)}.`);
  const link = await reached(api.call<LinkAnswer>('POST', '/api/v1/connection/links'));
  if (options.json === true) return output.result(link);
  output.say(`Open this link as someone who may install apps in HubSpot: ${link.url}`);
  if (options.open) await openInBrowser(link.url);
  if (!options.wait) return;
  output.say('Waiting for the connection. Ctrl-C stops waiting; the link works for three days.');
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const now = await reached(api.call<ConnectionAnswer>('GET', '/api/v1/connection'));
    if (now.state === 'connected') return output.result(now, `HubSpot is connected: ${accountOf(now)}.`);
  }
}

function accountOf({ portal }: ConnectionAnswer): string {
  return portal === null ? 'account unknown' : `${portal.domain ?? 'account'} (${portal.id})`;
}
