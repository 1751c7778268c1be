import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a provider says about a person. */
export type ProviderAccount = Readonly<Record<string, unknown>>;

/** A real provider (the package `oidc-provider`) in its own process. */
export interface TestProvider {
  readonly issuer: string;
  /** Adds accounts, and chooses the one that signs in next, or denies sign-ins. `rotateKeys`: signs with another key. */
  set(change: {
    readonly accounts?: Readonly<Record<string, ProviderAccount>>;
    readonly account?: string;
    readonly deny?: boolean;
    readonly rotateKeys?: boolean;
  }): Promise<void>;
  /**
   * Follows an authorization URL to the redirect back, like a browser of its own.
   *
   * @param browser - the provider's cookies, so that a later sign-in finds the session of an earlier one
   * @returns the address that the provider redirects to
   */
  follow(url: string, browser?: Map<string, string>): Promise<string>;
  close(): Promise<void>;
}

/** @param redirectUris - those of the client `meeting-sync`, whose secret is `client-secret` */
export async function startProvider(
  redirectUris: readonly string[],
  options: { readonly claims?: boolean } = {},
): Promise<TestProvider> {
  const client = { client_id: 'meeting-sync', client_secret: 'client-secret', redirect_uris: redirectUris };
  const settings = JSON.stringify({ clients: [client], ...options });
  const child = spawn(process.execPath, [join(__dirname, 'oidc-provider-process.mjs'), settings], {
    // The channel ends with this process, and the provider with it.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'test', NODE_NO_WARNINGS: '1' },
  });
  if (child.stdout === null) throw new Error('the provider has no output');
  const lines = createInterface({ input: child.stdout });
  let issuer = '';
  for await (const line of lines)
    if (line.startsWith('{"issuer"')) {
      issuer = issuerIn(line);
      break;
    }
  return {
    issuer,
    async set(change) {
      await fetch(`${issuer}/test`, { method: 'POST', body: JSON.stringify(change) });
    },
    follow: (url, browser = new Map<string, string>()) => follow(issuer, url, browser),
    async close() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

function issuerIn(line: string): string {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null && 'issuer' in value ? String(value.issuer) : '';
}

async function follow(issuer: string, url: string, cookies: Map<string, string>): Promise<string> {
  let address = url;
  for (let hops = 0; hops < 10; hops += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each redirect leads to the next
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = response.headers.get('location');
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (location === null) throw new Error(`the provider shows a page: ${response.status} ${await response.text()}`);
    address = new URL(location, issuer).href;
    if (!address.startsWith(issuer)) return address;
  }
  throw new Error('the provider redirects for ever');
}
