import { randomBytes } from 'node:crypto';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import pino from 'pino';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox';
import { loadConfig, type Config, type OwnLimits } from '../../../src/config';
import { buildApp } from '../../../src/http/app';
import type { HttpDependencies } from '../../../src/http/dependencies';
import { REQUIRED_SCOPES } from '../../../src/hubspot/client/oauth';
import { openListener } from '../../../src/runtime/listen';
import { openProduct, type Product } from '../../../src/runtime/container';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { saveConnection } from '../../../src/store/connections/connections';
import { createTestDatabase } from '../../support/database';
import { NO_OWN_LIMITS } from '../../support/limits';

/** The server with a real database and the sandbox. Temporal is not needed: calls to it are recorded. */
export interface HttpStack {
  readonly app: FastifyInstance;
  readonly config: Config & { readonly publicUrl: string };
  readonly product: Product;
  readonly sandbox: Sandbox;
  readonly workspaceId: string;
  readonly apiKey: string;
  /** `workspaceId/meetingId` of every start, in order. */
  readonly started: string[];
  /** Every portal that was woken to process its inbox, in order. */
  readonly woken: number[];
  /** Every line of the log. */
  readonly logLines: string[];
  /** Calls the API with the workspace's key. */
  call(method: InjectOptions['method'], path: string, body?: unknown, apiKey?: string): Promise<LightMyRequestResponse>;
  /** Signs a browser in to the workspace. */
  signIn(apiKey?: string): Promise<Browser>;
  close(): Promise<void>;
}

/** @param options.listen - whether the server also listens at `config.publicUrl`, for browsers and the sandbox */
export async function startHttpStack(
  options: {
    publicUrl?: string;
    listen?: boolean;
    dependencies?: Partial<HttpDependencies>;
    ownLimits?: Partial<OwnLimits>;
  } = {},
): Promise<HttpStack> {
  const [sandbox, database] = await Promise.all([startSandbox({ searchLagMs: 0 }), createTestDatabase()]);
  const listener = options.listen === true ? await openListener(0, 'PORT', '127.0.0.1') : undefined;
  const publicUrl = options.publicUrl ?? `http://localhost:${listener?.port ?? 3000}`;
  const loaded = configOf(sandbox, database.url, publicUrl);
  const config = { ...loaded, publicUrl, ownLimits: { ...NO_OWN_LIMITS, ...options.ownLimits } };
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) });
  const product = openProduct(config, log);
  const { started, woken, ...temporal } = recordedTemporal();
  const app = await buildApp({ ...product, config, ...temporal, ...options.dependencies }, listener);
  const { workspaceId, apiKey } = await createWorkspace(product.db, 'Northwind');
  const call: HttpStack['call'] = (method, path, body, key = apiKey) => callApi(app, method, path, body, key);
  return {
    app,
    config,
    product,
    sandbox,
    workspaceId,
    apiKey,
    started,
    woken,
    logLines,
    call,
    async signIn(key = apiKey) {
      const browser = new Browser(app);
      const { url } = (await call('POST', '/api/v1/sessions', undefined, key)).json<{ url: string }>();
      await browser.press(url.replace(config.publicUrl, ''), '/sign-in');
      return browser;
    },
    async close() {
      await app.close();
      await product.db.destroy();
      await sandbox.close();
      await database.drop();
    },
  };
}

function configOf(sandbox: Sandbox, databaseUrl: string, publicUrl: string): Config {
  return loadConfig({
    DATABASE_URL: databaseUrl,
    HUBSPOT_API_URL: sandbox.url,
    HUBSPOT_AUTHORIZE_URL: `${sandbox.url}/oauth/authorize`,
    HUBSPOT_CLIENT_ID: sandbox.clientId,
    HUBSPOT_CLIENT_SECRET: sandbox.clientSecret,
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    PUBLIC_URL: publicUrl,
    OUTBOUND_PRIVATE_ADDRESSES: 'loopback',
  });
}

/** What the server needs of Temporal. It records the calls: `workspaceId/meetingId` of starts, and woken portals. */
function recordedTemporal() {
  const started: string[] = [];
  const woken: number[] = [];
  return {
    started,
    woken,
    starter: {
      start(workspaceId: string, meetingId: string) {
        started.push(`${workspaceId}/${meetingId}`);
        return Promise.resolve();
      },
    },
    reconciler: { start: () => Promise.resolve('reconciliation') },
    changes: {
      hurry: () => Promise.resolve(),
      wakeSoon: (portalIds: readonly number[]) => void woken.push(...portalIds),
    },
    temporal: { problem: () => Promise.resolve(null) },
    temporalUi: { temporalUiUrl: 'http://localhost:8233', namespace: 'default' },
  };
}

function callApi(
  app: FastifyInstance,
  method: InjectOptions['method'],
  url: string,
  body: unknown,
  key: string,
): Promise<LightMyRequestResponse> {
  const authorization = `Bearer ${key}`;
  if (body === undefined) return app.inject({ method, url, headers: { authorization } });
  const headers = { authorization, 'content-type': 'application/json' };
  return app.inject({ method, url, headers, payload: JSON.stringify(body) });
}

/** Chrome on macOS. */
const USER_AGENT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** A browser with only the cookies and forms that the pages need. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: FastifyInstance;

  constructor(app: FastifyInstance) {
    this.#app = app;
  }

  async get(url: string): Promise<LightMyRequestResponse> {
    return await this.#send({ method: 'GET', url, headers: { accept: 'text/html' } });
  }

  /** Polls an address, as the script of a page does. */
  async poll(url: string): Promise<LightMyRequestResponse> {
    return await this.#send({ method: 'GET', url, headers: { accept: 'text/html', 'hx-request': 'true' } });
  }

  /** Opens a page and follows redirects on this server. */
  async open(url: string): Promise<string> {
    const response = await this.get(url);
    const { location } = response.headers;
    return location?.startsWith('/') === true ? await this.open(location) : response.body;
  }

  /** Presses the button of the form on `page` that is sent to `action`. */
  async press(page: string, action: string): Promise<LightMyRequestResponse> {
    const html = await this.open(page);
    const form = html.split('<form').find((part) => part.includes(`action="${action}"`));
    const inputs = (form ?? '').matchAll(/<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"/g);
    const fields = Object.fromEntries(
      [...inputs].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']),
    );
    if (fields['_csrf'] === undefined) throw new Error(`${page} has no form for ${action}`);
    return await this.post(action, fields);
  }

  async post(url: string, fields: Record<string, string>): Promise<LightMyRequestResponse> {
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    return await this.#send({ method: 'POST', url, headers, payload: new URLSearchParams(fields).toString() });
  }

  async #send(options: InjectOptions): Promise<LightMyRequestResponse> {
    const headers = { 'user-agent': USER_AGENT, ...options.headers };
    const response = await this.#app.inject({ ...options, headers, cookies: Object.fromEntries(this.cookies) });
    for (const { name, value, maxAge, expires } of response.cookies) {
      if (maxAge === 0 || (expires !== undefined && expires.getTime() === 0)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

/** The text of a page, as a person reads it. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<(?:style|script|head)\b[\s\S]*?<\/(?:style|script|head)>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

/** Connects a workspace to an account that no test calls, in place of the workspace that had it. */
export async function connectWorkspace(db: HttpStack['product']['db'], workspaceId: string): Promise<void> {
  const portalId = 7;
  await db.deleteFrom('connections').where('portal_id', '=', portalId).execute();
  await saveConnection(db, {
    workspaceId,
    portalId,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone: 'Europe/Madrid',
    accountType: 'STANDARD',
    userId: null,
    userEmail: null,
    scopes: REQUIRED_SCOPES,
    tokens: { accessToken: 'sealed', refreshToken: 'sealed', expiresInSeconds: 1800 },
  });
}
