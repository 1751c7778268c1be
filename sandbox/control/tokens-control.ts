import type { SandboxCrm } from '../crm/crm';
import { ApiError } from '../errors';
import { SCOPES } from '../oauth/scopes';
import type { IssuedTokens, SandboxTokens } from '../oauth/tokens';

export interface TokenRequest {
  portalId?: number | undefined;
  /** `@default` all scopes that exist */
  scopes?: string[] | undefined;
  expiresInSeconds?: number | undefined;
}

/** Issues tokens without the consent page, and ends them early. */
export class TokensControl {
  constructor(
    private readonly crm: SandboxCrm,
    private readonly tokens: SandboxTokens,
  ) {}

  /** Issues a pair of tokens as the consent page does. */
  issue(request: TokenRequest = {}): IssuedTokens {
    const portal =
      request.portalId === undefined ? this.crm.catalogue.portals()[0] : this.crm.catalogue.portal(request.portalId);
    if (portal === undefined) throw new ApiError(404, 'There is no such portal: create it first');
    const userId = this.crm.catalogue.users(portal.id)[0]?.id ?? 0;
    const scopes = request.scopes ?? Object.keys(SCOPES);
    return this.tokens.issue({ portalId: portal.id, userId, scopes }, 'http://localhost/', request.expiresInSeconds);
  }

  /** Expires every access token of the portal, or of all portals. */
  expire(portalId?: number): void {
    this.tokens.expire(portalId);
  }

  /** Revokes one refresh token. Access tokens stay valid. */
  revoke(refreshToken: string): void {
    this.tokens.revoke(refreshToken);
  }

  /** Uninstalls the app, as the portal's admin would. */
  uninstall(portalId: number): void {
    this.tokens.uninstall(portalId);
  }

  installed(portalId: number): boolean {
    return this.tokens.installed(portalId);
  }
}
