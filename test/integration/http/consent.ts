import type { Sandbox } from '../../../sandbox/sandbox';

/** Decides on HubSpot's consent page at `location`. @returns the path to which HubSpot redirects the browser */
export async function consent(
  sandbox: Sandbox,
  location: string,
  choice: { decision?: 'connect' | 'cancel'; portalId?: number; email?: string } = {},
): Promise<string> {
  const { decision = 'connect', portalId = sandbox.portals.list()[0]?.id ?? 0, email } = choice;
  const users = sandbox.portals.users(portalId);
  const admin = users.find((user) => (email === undefined ? user.mayInstall : user.email === email));
  const asked = new URL(location);
  const response = await fetch(`${sandbox.url}/oauth/authorize`, {
    method: 'POST',
    body: new URLSearchParams([...asked.searchParams, ['account', `${portalId}:${admin?.id}`], ['decision', decision]]),
    redirect: 'manual',
  });
  const back = response.headers.get('location');
  if (back === null) throw new Error(`HubSpot did not redirect: ${response.status} ${await response.text()}`);
  return back.replace(/^https?:\/\/[^/]+/, '');
}
