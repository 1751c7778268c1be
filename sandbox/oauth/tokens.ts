import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { SandboxSettings } from '../settings';
import type { SandboxDatabase, Row } from '../store/database';
import { integerIn, optionalTextIn, textIn } from '../store/database';

export interface Grant {
  portalId: number;
  userId: number;
  scopes: string[];
}

export interface AccessToken extends Grant {
  token: string;
  refreshToken: string;
  /** Milliseconds. */
  expiresAt: number;
  revoked: boolean;
}

export interface RefreshToken extends Grant {
  token: string;
  redirectUri: string;
  revoked: boolean;
  /** The grant's sequence number. Later grants have higher numbers. */
  grantNumber: number;
}

export interface IssuedTokens {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  grant: Grant;
}

export interface CodeChallenge {
  challenge: string;
  method: 'plain' | 'S256';
}

/** A token of the app itself, which belongs to no portal. */
export interface AppToken {
  token: string;
  scopes: string[];
  /** Milliseconds. */
  expiresAt: number;
}

export type Redeemed = { ok: true; tokens: IssuedTokens } | { ok: false; reason: 'code' | 'redirect' | 'verifier' };

/** Codes, access and refresh tokens of the only app in the sandbox. */
export class SandboxTokens {
  /** Called when the app is installed in a portal or uninstalled from it. */
  onLifecycle: (portalId: number, action: 'APP_INSTALL' | 'APP_UNINSTALL') => void = () => undefined;

  constructor(
    private readonly database: SandboxDatabase,
    private readonly settings: SandboxSettings,
  ) {}

  issueCode(grant: Grant, redirectUri: string, challenge: CodeChallenge | null): string {
    const code = `eu1-${randomUUID()}`;
    this.database.run(
      `INSERT INTO codes (code, portal_id, user_id, redirect_uri, scopes, code_challenge, challenge_method, expires_at, used)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
      code,
      grant.portalId,
      grant.userId,
      redirectUri,
      grant.scopes.join(' '),
      challenge?.challenge ?? null,
      challenge?.method ?? null,
      Date.now() + this.settings.codeSeconds * 1000,
    );
    return code;
  }

  /** Exchanges a code, once. A wrong redirect URI or verifier does not use it up. */
  redeem(code: string, redirectUri: string, verifier: string | null): Redeemed {
    return this.database.transaction(() => {
      const row = this.database.get('SELECT * FROM codes WHERE code = ? AND used = 0', code);
      if (row === undefined || integerIn(row, 'expires_at') <= Date.now()) return { ok: false, reason: 'code' };
      if (textIn(row, 'redirect_uri') !== redirectUri) return { ok: false, reason: 'redirect' };
      const challenge = optionalTextIn(row, 'code_challenge');
      if (challenge !== null && !answers(challenge, optionalTextIn(row, 'challenge_method'), verifier)) {
        return { ok: false, reason: 'verifier' };
      }
      this.database.run('UPDATE codes SET used = 1 WHERE code = ?', code);
      return { ok: true, tokens: this.authorise(grantOf(row), redirectUri) };
    });
  }

  /** Issues the tokens of a code. The settings say what becomes of the account's earlier refresh token. */
  private authorise(grant: Grant, redirectUri: string): IssuedTokens {
    const before = this.database.get(
      'SELECT token FROM refresh_tokens WHERE portal_id = ? AND revoked = 0 ORDER BY rowid DESC LIMIT 1',
      grant.portalId,
    );
    if (before !== undefined && this.settings.furtherGrants === 'same')
      return this.accessFor(textIn(before, 'token'), grant);
    if (before !== undefined && this.settings.furtherGrants === 'replaces') this.revoke(textIn(before, 'token'));
    return this.issue(grant, redirectUri);
  }

  /** Issues a pair of tokens without the pages, and marks the app as installed. */
  issue(grant: Grant, redirectUri: string, expiresInSeconds?: number): IssuedTokens {
    const refreshToken = `eu1-${randomBytes(24).toString('hex')}`;
    this.database.run(
      `INSERT INTO refresh_tokens (token, portal_id, user_id, scopes, redirect_uri, revoked, created_at)
       VALUES (?, ?, ?, ?, ?, 0, ?)`,
      refreshToken,
      grant.portalId,
      grant.userId,
      grant.scopes.join(' '),
      redirectUri,
      Date.now(),
    );
    const installed = this.installed(grant.portalId);
    this.database.run(
      'INSERT OR REPLACE INTO installs (portal_id, user_id, installed_at) VALUES (?, ?, ?)',
      grant.portalId,
      grant.userId,
      Date.now(),
    );
    if (!installed) this.onLifecycle(grant.portalId, 'APP_INSTALL');
    return this.accessFor(refreshToken, grant, expiresInSeconds);
  }

  /** Issues a new access token. Old ones stay valid until they expire. Null for a token that is unknown or revoked. */
  refresh(refreshToken: string): IssuedTokens | null {
    return this.database.transaction(() => {
      const found = this.refreshToken(refreshToken);
      if (found === undefined || found.revoked) return null;
      if (!this.settings.rotateRefreshTokens) return this.accessFor(refreshToken, found);
      this.revoke(refreshToken);
      return this.issue(found, found.redirectUri);
    });
  }

  accessToken(token: string): AccessToken | undefined {
    const row = this.database.get('SELECT * FROM access_tokens WHERE token = ?', token);
    if (row === undefined) return undefined;
    return {
      ...grantOf(row),
      token,
      refreshToken: textIn(row, 'refresh_token'),
      expiresAt: integerIn(row, 'expires_at'),
      revoked: integerIn(row, 'revoked') === 1,
    };
  }

  refreshToken(token: string): RefreshToken | undefined {
    const row = this.database.get('SELECT rowid, * FROM refresh_tokens WHERE token = ?', token);
    if (row === undefined) return undefined;
    return {
      ...grantOf(row),
      token,
      redirectUri: textIn(row, 'redirect_uri'),
      revoked: integerIn(row, 'revoked') === 1,
      grantNumber: integerIn(row, 'rowid'),
    };
  }

  /** Revokes a refresh token. Access tokens stay valid until they expire, as at HubSpot. */
  revoke(refreshToken: string): boolean {
    return this.database.run('UPDATE refresh_tokens SET revoked = 1 WHERE token = ? AND revoked = 0', refreshToken) > 0;
  }

  /** Expires every access token of a portal, or of all portals and the app. */
  expire(portalId?: number): void {
    const now = Date.now() - 1000;
    if (portalId === undefined) {
      this.database.run('UPDATE access_tokens SET expires_at = MIN(expires_at, ?)', now);
      this.database.run('UPDATE app_tokens SET expires_at = MIN(expires_at, ?)', now);
    } else {
      this.database.run('UPDATE access_tokens SET expires_at = MIN(expires_at, ?) WHERE portal_id = ?', now, portalId);
    }
  }

  /** Uninstalls the app from a portal and invalidates all its tokens there. */
  uninstall(portalId: number): void {
    this.database.run('UPDATE refresh_tokens SET revoked = 1 WHERE portal_id = ?', portalId);
    this.database.run('UPDATE access_tokens SET revoked = 1 WHERE portal_id = ?', portalId);
    const left = this.database.run('DELETE FROM installs WHERE portal_id = ?', portalId) > 0;
    if (left) this.onLifecycle(portalId, 'APP_UNINSTALL');
  }

  installed(portalId: number): boolean {
    return this.database.get('SELECT portal_id FROM installs WHERE portal_id = ?', portalId) !== undefined;
  }

  /** `grant_type=client_credentials`: issues a token for operations on the app rather than a portal. */
  issueApp(scopes: string[]): AppToken {
    const token = `A${randomBytes(150).toString('base64url')}`;
    const expiresAt = Date.now() + this.settings.accessTokenSeconds * 1000;
    this.database.run(
      'INSERT INTO app_tokens (token, scopes, expires_at) VALUES (?, ?, ?)',
      token,
      scopes.join(' '),
      expiresAt,
    );
    return { token, scopes, expiresAt };
  }

  appToken(token: string): AppToken | undefined {
    const row = this.database.get('SELECT * FROM app_tokens WHERE token = ?', token);
    if (row === undefined) return undefined;
    return { token, scopes: textIn(row, 'scopes').split(' '), expiresAt: integerIn(row, 'expires_at') };
  }

  private accessFor(refreshToken: string, grant: Grant, expiresInSeconds?: number): IssuedTokens {
    const expiresIn = expiresInSeconds ?? this.settings.accessTokenSeconds;
    // Deliberately longer than 255 characters: HubSpot says to allow for 512 and more.
    const accessToken = `C${randomBytes(150).toString('base64url')}`;
    this.database.run(
      `INSERT INTO access_tokens (token, portal_id, user_id, scopes, refresh_token, expires_at, revoked)
       VALUES (?, ?, ?, ?, ?, ?, 0)`,
      accessToken,
      grant.portalId,
      grant.userId,
      grant.scopes.join(' '),
      refreshToken,
      Date.now() + expiresIn * 1000,
    );
    return {
      accessToken,
      refreshToken,
      expiresIn,
      grant: { portalId: grant.portalId, userId: grant.userId, scopes: grant.scopes },
    };
  }
}

function grantOf(row: Row | undefined): Grant {
  return {
    portalId: integerIn(row, 'portal_id'),
    userId: integerIn(row, 'user_id'),
    scopes: textIn(row, 'scopes').split(' '),
  };
}

function answers(challenge: string, method: string | null, verifier: string | null): boolean {
  if (verifier === null) return false;
  return method === 'S256'
    ? createHash('sha256').update(verifier).digest('base64url') === challenge
    : verifier === challenge;
}
