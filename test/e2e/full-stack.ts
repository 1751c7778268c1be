import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { buildApp } from '../../src/http/app';
import { openListener } from '../../src/runtime/listen';
import { SCOPES } from '../../src/store/access/scopes';
import { createSignInLink } from '../../src/store/access/sign-in-links';
import { startStack, type Stack } from '../support/stack';
import { complaintsOf } from './chromium';
import { NO_OWN_LIMITS } from '../support/limits';
import { TEST_ACTOR } from '../support/actors';

/** The product with its pages on a port, its worker at work, over a real database, Temporal and the sandbox. */
export interface FullStack extends Stack {
  readonly url: string;
  readonly app: FastifyInstance;
  /** A page of a browser that is signed in to the workspace, and what it complained of. */
  openPage(
    browser: Browser,
    options?: Parameters<Browser['newContext']>[0],
  ): Promise<{ page: Page; complaints: string[] }>;
}

async function signInToken({ product: { db }, workspaceId }: Stack): Promise<string> {
  const { id } = await db
    .selectFrom('api_keys')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  const key = { workspaceId, actor: TEST_ACTOR, keyIds: [id], idHash: null, scopes: SCOPES, memberId: null, keyId: id };
  const link = await createSignInLink(db, key);
  if (link === null) throw new Error('a link for no one was refused');
  return link.token;
}

/** Starts it; `close` it in `afterAll` or `afterEach`. Not connected yet. */
export async function startFullStack(options: Parameters<typeof startStack>[0] = {}): Promise<FullStack> {
  const stack = await startStack(options);
  const listener = await openListener(0, 'PORT', '127.0.0.1');
  const url = `http://localhost:${listener.port}`;
  const app = await buildApp(
    {
      ...stack.product,
      config: {
        ownLimits: NO_OWN_LIMITS,
        trustProxy: false,
        publicUrl: url,
        instanceId: 'test',
        encryptionKeys: [{ id: 'test', key: randomBytes(32) }],
        hubspot: { clientSecret: stack.sandbox.clientSecret },
      },
      starter: stack.starter,
      reconciler: stack.reconciler,
      changes: stack.changes,
      temporal: { problem: () => Promise.resolve(null) },
      temporalUi: { temporalUiUrl: 'http://localhost:8233', namespace: 'default' },
    },
    listener,
  );
  const stop = new AbortController();
  // As the server does: what records are called is read in the background.
  const sweeping = stack.changes.run(stop.signal);
  return {
    ...stack,
    url,
    app,
    async openPage(browser, contextOptions) {
      const page = await (await browser.newContext({ locale: 'en', ...contextOptions })).newPage();
      const complaints = complaintsOf(page);
      const token = await signInToken(stack);
      await page.goto(`${url}/sign-in?token=${token}`);
      const ask = page.locator('main form[action$="/sign-in"] button');
      if ((await ask.count()) > 0) await ask.click();
      await page.waitForURL(`${url}/overview`);
      return { page, complaints };
    },
    async close() {
      stop.abort();
      await sweeping;
      await app.close();
      await stack.close();
    },
  };
}
