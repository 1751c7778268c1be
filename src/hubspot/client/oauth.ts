import { z } from 'zod';
import type { Config } from '../../config';
import { HubSpotError } from './errors';
import { HUBSPOT_API_VERSION, type HubSpotTransport } from './transport';

const CRM_OBJECTS = ['contacts', 'companies', 'deals'] as const;

/** Required scopes. HubSpot refuses the install of an account that cannot grant them. */
export const REQUIRED_SCOPES: readonly string[] = [
  'oauth',
  ...CRM_OBJECTS.flatMap((type) => [`crm.objects.${type}.read`, `crm.objects.${type}.write`]),
  ...CRM_OBJECTS.flatMap((type) => [`crm.schemas.${type}.read`, `crm.schemas.${type}.write`]),
];

/** Requested, and used by nothing yet. */
export const UNUSED_SCOPES: readonly string[] = ['crm.schemas.custom.write'];

/** Needed to find the host of a meeting among the account's users. */
export const OWNERS_SCOPE = 'crm.objects.owners.read';

/** Needed to read custom objects, which exist on Enterprise only. */
export const CUSTOM_OBJECTS_SCOPE = 'crm.objects.custom.read';

/**
 * Scopes that some accounts cannot grant (custom objects exist on Enterprise only), and what does not work without
 * each.
 */
export const OPTIONAL_SCOPE_USES: Readonly<Record<string, string>> = {
  [OWNERS_SCOPE]: 'Activities are written without an owner: the host of the meeting is not looked up.',
  [CUSTOM_OBJECTS_SCOPE]: 'Meetings are not linked to custom objects.',
  'crm.objects.custom.write': 'Meetings are not linked to custom objects.',
  'crm.schemas.custom.read': 'Custom object types cannot be chosen in the settings.',
  'crm.schemas.custom.write': 'Nothing yet: kept for properties on custom objects.',
};

export const OPTIONAL_SCOPES: readonly string[] = Object.keys(OPTIONAL_SCOPE_USES);

/** Needed to find out whether a user is a Super Admin. Asked for in such a sign-in only, never when connecting. */
export const USERS_SCOPE = 'settings.users.read';

/** Result of a token refresh. `refused` closes the connection, `failed` is transient. */
export type RefreshOutcome = 'refreshed' | 'refused' | 'failed';

/** HubSpot's answer to a code or a refresh token. */
export interface TokenGrant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  /** The account (hub id). Absent from answers of older endpoints; use {@link HubSpotOAuth.introspect} then. */
  readonly portalId: number | null;
  readonly userId: number | null;
  readonly scopes: readonly string[] | null;
}

/** HubSpot's information about a token. */
export interface TokenInfo {
  readonly portalId: number | null;
  readonly userId: number | null;
  readonly userEmail: string | null;
  readonly hubDomain: string | null;
  readonly scopes: readonly string[] | null;
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
  hub_id: z.number().optional(),
  user_id: z.number().optional(),
  scopes: z.array(z.string()).optional(),
});

const appTokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

const activeAnswer = z.object({ active: z.boolean() });

const introspectAnswer = z.object({
  hub_id: z.number().optional(),
  user_id: z.number().optional(),
  user: z.string().optional(),
  hub_domain: z.string().optional(),
  scopes: z.array(z.string()).optional(),
});

/**
 * HubSpot's OAuth endpoints, dated version (v1 ends on 2027-02-16). Every method throws `HubSpotError`; its `failure`
 * says what the answer means. Source: "Manage OAuth tokens" and oauth.2026-03.
 */
export class HubSpotOAuth {
  readonly #transport: HubSpotTransport;
  readonly #app: Pick<Config['hubspot'], 'clientId' | 'clientSecret' | 'authorizeUrl'>;
  readonly #onRefresh: (outcome: RefreshOutcome) => void;

  constructor(
    transport: HubSpotTransport,
    app: Pick<Config['hubspot'], 'clientId' | 'clientSecret' | 'authorizeUrl'>,
    onRefresh: (outcome: RefreshOutcome) => void = () => undefined,
  ) {
    this.#transport = transport;
    this.#app = app;
    this.#onRefresh = onRefresh;
  }

  /** The address of HubSpot's consent page. The parameter is `optional_scope`, without an s, and spaces are `%20`. */
  authorizationUrl({
    state,
    redirectUri,
    codeChallenge,
    withUsers = false,
  }: {
    state: string;
    redirectUri: string;
    codeChallenge: string;
    /** Asks for {@link USERS_SCOPE}, too. */
    withUsers?: boolean;
  }): string {
    const optional = withUsers ? [...OPTIONAL_SCOPES, USERS_SCOPE] : OPTIONAL_SCOPES;
    const parameters = {
      client_id: this.#app.clientId,
      redirect_uri: redirectUri,
      scope: REQUIRED_SCOPES.join(' '),
      optional_scope: optional.join(' '),
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
    };
    const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `${this.#app.authorizeUrl}?${query.join('&')}`;
  }

  /** Exchanges the single-use code of the callback. `redirectUri` must equal that of the authorisation exactly. */
  exchangeCode({
    code,
    redirectUri,
    codeVerifier,
  }: {
    code: string;
    redirectUri: string;
    codeVerifier: string;
  }): Promise<TokenGrant> {
    return this.#grant({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    });
  }

  /** Requests a new access token. The returned refresh token is usually the same; always store the returned one. */
  async refresh(refreshToken: string): Promise<TokenGrant> {
    try {
      const grant = await this.#grant({ grant_type: 'refresh_token', refresh_token: refreshToken });
      this.#onRefresh('refreshed');
      return grant;
    } catch (error) {
      const refused = error instanceof HubSpotError && error.failure.kind === 'reauthorize';
      this.#onRefresh(refused ? 'refused' : 'failed');
      throw error;
    }
  }

  /** Requests a token of the app itself, in no account (`grant_type=client_credentials`). Ask again for another one. */
  async appToken(
    scopes: readonly string[],
  ): Promise<{ readonly accessToken: string; readonly expiresInSeconds: number }> {
    const { body } = await this.#post('token', { grant_type: 'client_credentials', scope: scopes.join(' ') });
    const answer = appTokenAnswer.parse(body);
    return { accessToken: answer.access_token, expiresInSeconds: answer.expires_in };
  }

  /** Reads whom a token belongs to: account, user's e-mail address, the account's domain. */
  async introspect(accessToken: string): Promise<TokenInfo> {
    const { body } = await this.#post('token/introspect', { token: accessToken, token_type_hint: 'access_token' });
    const info = introspectAnswer.parse(body);
    return {
      portalId: info.hub_id ?? null,
      userId: info.user_id ?? null,
      userEmail: info.user ?? null,
      hubDomain: info.hub_domain ?? null,
      scopes: info.scopes ?? null,
    };
  }

  /** Whether HubSpot still accepts a refresh token. */
  async isActive(refreshToken: string): Promise<boolean> {
    const { body } = await this.#post('token/introspect', { token: refreshToken, token_type_hint: 'refresh_token' });
    return activeAnswer.parse(body).active;
  }

  /** Revokes a refresh token. Access tokens made from it stay valid for up to 30 minutes; the app stays installed. */
  async revoke(refreshToken: string): Promise<void> {
    await this.#post('token/revoke', { token: refreshToken, token_type_hint: 'refresh_token' });
  }

  /** Uninstalls the app from the account. HubSpot informs the account's admins by e-mail. */
  async uninstall(accessToken: string): Promise<void> {
    await this.#transport.send({
      method: 'DELETE',
      path: `/appinstalls/${HUBSPOT_API_VERSION}/external-install`,
      accessToken,
    });
  }

  async #grant(fields: Record<string, string>): Promise<TokenGrant> {
    const { body, status } = await this.#post('token', fields);
    const { data: grant } = tokenAnswer.safeParse(body);
    // A success without tokens counts as a failure. A retry may return them.
    if (grant === undefined) {
      const message = 'HubSpot answered without a token';
      const call = { status, retryAfter: null, body: { message }, grant: true } as const;
      throw new HubSpotError(`POST /oauth/${HUBSPOT_API_VERSION}/token`, call);
    }
    return {
      accessToken: grant.access_token,
      refreshToken: grant.refresh_token,
      expiresInSeconds: grant.expires_in,
      portalId: grant.hub_id ?? null,
      userId: grant.user_id ?? null,
      scopes: grant.scopes ?? null,
    };
  }

  #post(endpoint: string, fields: Record<string, string>) {
    const { clientId, clientSecret } = this.#app;
    return this.#transport.send({
      method: 'POST',
      path: `/oauth/${HUBSPOT_API_VERSION}/${endpoint}`,
      form: { ...fields, client_id: clientId, client_secret: clientSecret },
    });
  }
}
