import type { Sandbox } from '../../sandbox/sandbox';
import type { Product } from '../../src/runtime/container';
import { saveConnection } from '../../src/store/connections/connections';

/** Connects a workspace to an account of the sandbox, as the OAuth flow would. */
export async function connectToSandbox(
  { db, tokens }: Pick<Product, 'db' | 'tokens'>,
  sandbox: Sandbox,
  options: {
    readonly workspaceId: string;
    readonly portalId: number;
    readonly scopes?: string[] | undefined;
    readonly expiresInSeconds?: number | undefined;
  },
): Promise<void> {
  const { workspaceId, portalId, scopes, expiresInSeconds } = options;
  const issued = sandbox.tokens.issue({ portalId, scopes, expiresInSeconds });
  await saveConnection(db, {
    workspaceId,
    portalId,
    hubDomain: 'northwind.example',
    uiDomain: new URL(sandbox.url).host,
    timeZone: 'Europe/Madrid',
    accountType: 'STANDARD',
    userId: issued.grant.userId,
    userEmail: 'admin@northwind.example',
    scopes: issued.grant.scopes,
    tokens: tokens.seal(workspaceId, {
      accessToken: issued.accessToken,
      refreshToken: issued.refreshToken,
      expiresInSeconds: issued.expiresIn,
      portalId,
      userId: null,
      scopes: null,
    }),
  });
}
