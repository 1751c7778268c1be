import type { Crm } from '../crm/crm';
import { ApiError } from '../errors';
import { SCOPES } from '../oauth/scopes';
import type { IssuedTokens, Tokens } from '../oauth/tokens';

export interface TokenRequest {
  portalId?: number | undefined;
  /** All that exist, unless given. */
  scopes?: string[] | undefined;
  expiresInSeconds?: number | undefined;
}

/** Tokens without the consent page, and their untimely ends. */
export class TokensControl {
  constructor(
    private readonly crm: Crm,
    private readonly tokens: Tokens,
  ) {}

  /** A pair of tokens as the consent page would have led to. */
  issue(request: TokenRequest = {}): IssuedTokens {
    const portal =
      request.portalId === undefined ? this.crm.catalogue.portals()[0] : this.crm.catalogue.portal(request.portalId);
    if (portal === undefined) throw new ApiError(404, 'There is no such portal: create it first');
    const userId = this.crm.catalogue.users(portal.id)[0]?.id ?? 0;
    const scopes = request.scopes ?? Object.keys(SCOPES);
    return this.tokens.issue({ portalId: portal.id, userId, scopes }, 'http://localhost/', request.expiresInSeconds);
  }

  /** Every access token of the portal, or of all, has expired. */
  expire(portalId?: number): void {
    this.tokens.expire(portalId);
  }

  /** One refresh token is no longer good; access tokens live on. */
  revoke(refreshToken: string): void {
    this.tokens.revoke(refreshToken);
  }

  /** The portal's admin removed the app. */
  uninstall(portalId: number): void {
    this.tokens.uninstall(portalId);
  }

  installed(portalId: number): boolean {
    return this.tokens.installed(portalId);
  }
}
