import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { MeetingSyncClient, StatusDocument } from '../client';
import { EXAMPLE_MEETING } from '../http/plumbing/page-files';
import { exampleMeeting } from '../meeting/intake/example';
import { DevError } from './errors';

const POLL_MS = 250;
/** The first sync reads the account's properties and owners too, and its processes have just started. */
const EXAMPLE_WITHIN_MS = 60_000;

const portalList = z.object({ results: z.tuple([z.object({ id: z.number() })]).rest(z.unknown()) });
const userList = z.object({ results: z.array(z.object({ id: z.number(), mayInstall: z.boolean() })) });

/** A workspace that nothing was done with yet. A person who disconnects HubSpot does not find it connected again. */
export async function isFresh(client: MeetingSyncClient): Promise<boolean> {
  const [connection, { meetings }] = await Promise.all([
    client.call<{ state: string }>('GET', '/api/v1/connection'),
    client.list({ limit: 1 }),
  ]);
  return connection.state === 'none' && meetings.length === 0;
}

/**
 * Connects the workspace to the first account of the sandbox, with the requests that a browser sends when an admin
 * presses Connect here and in HubSpot.
 *
 * @param serverUrl - where the server listens; its public URL may lead through a proxy that is not up yet
 * @throws {@link DevError} when the workspace is not connected afterwards
 */
export async function connectSandbox(
  client: MeetingSyncClient,
  { serverUrl, sandboxUrl }: { readonly serverUrl: string; readonly sandboxUrl: string },
): Promise<void> {
  const link = await client.call<{ url: string }>('POST', '/api/v1/connection/links');
  const cookies = new Map<string, string>();
  const open = async (path: string): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${serverUrl}${path}`, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s);
      cookies.set(name, value);
    }
    return response;
  };
  // Only the queries: the public URL may have a path that a proxy adds.
  const page = await (await open(`/connect${new URL(link.url).search}`)).text();
  const query = /\/connect\/hubspot(?<query>\?[^"]+)"/.exec(page)?.groups?.['query'] ?? '';
  const asked = (await open(`/connect/hubspot${query.replaceAll('&amp;', '&')}`)).headers.get('location');
  if (asked === null) throw new DevError('The page that connects HubSpot did not lead to the sandbox');
  await open(`/oauth/hubspot/callback${new URL(await consent(sandboxUrl, new URL(asked))).search}`);
  const { state } = await client.call<{ state: string }>('GET', '/api/v1/connection');
  if (state !== 'connected') throw new DevError(`Connecting the sandbox ended as "${state}"`);
}

/** Accepts on the sandbox's page. @returns the address that the browser is sent back to */
async function consent(sandboxUrl: string, asked: URL): Promise<string> {
  const portals = `${sandboxUrl}/sandbox/api/portals`;
  const [portal] = portalList.parse(await (await fetch(portals)).json()).results;
  const users = userList.parse(await (await fetch(`${portals}/${portal.id}/users`)).json()).results;
  const admin = users.find((user) => user.mayInstall);
  const body = new URLSearchParams(asked.searchParams);
  body.set('account', `${portal.id}:${admin?.id}`);
  body.set('decision', 'connect');
  const response = await fetch(`${sandboxUrl}/oauth/authorize`, { method: 'POST', body, redirect: 'manual' });
  const back = response.headers.get('location');
  if (back === null) throw new DevError(`The sandbox refused to connect: HTTP ${response.status}`);
  return back;
}

/**
 * Posts the example meeting, and waits until it is on the timelines or has ended otherwise.
 *
 * @returns its last status, which is still on its way after a minute
 */
export async function syncExample(client: MeetingSyncClient, signal: AbortSignal): Promise<StatusDocument> {
  const file: unknown = JSON.parse(readFileSync(EXAMPLE_MEETING, 'utf8'));
  let document = await client.call<StatusDocument>('POST', '/api/v1/meetings', exampleMeeting(file, new Date()));
  const until = Date.now() + EXAMPLE_WITHIN_MS;
  while (['accepted', 'syncing'].includes(document.status) && Date.now() < until) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await delay(POLL_MS, undefined, { signal });
    // oxlint-disable-next-line no-await-in-loop -- as above
    document = await client.status(document.meetingId);
  }
  return document;
}
