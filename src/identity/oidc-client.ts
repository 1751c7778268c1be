import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
  type Configuration,
  type CustomFetch,
} from 'openid-client';
import type { OutboundHttp } from '../outbound/outbound-http';
import type { Claims } from './claims';

/** Differences between the provider's clock and ours that are accepted. */
const CLOCK_TOLERANCE_SECONDS = 60;
const TIMEOUT_SECONDS = 10;
/** Discovered metadata is used for new sign-ins for this long. The way back always discovers again. */
const METADATA_MS = 60_000;
const MOST_PROVIDERS = 1_000;

/** A provider and our account there. */
export interface OidcClientSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The secrets of one sign-in. They are derived, not stored. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** What the provider vouches for. */
export interface ProviderAnswer {
  readonly idToken: Claims;
  /** Empty when the provider has none. */
  readonly userInfo: Claims;
  /** When the person entered their credentials; null when the provider does not say. */
  readonly authenticatedAt: Date | null;
}

/**
 * Why a sign-in at a provider failed. `unreachable`: it gives no usable answer. `denied`: it says so to the person.
 * `refused`: it refuses our request, for example the client secret. `invalid`: its answer does not fit this sign-in.
 * `old_sign_in`: the person was to sign in again and did not.
 */
export type OidcFailure = 'unreachable' | 'denied' | 'refused' | 'invalid' | 'old_sign_in';

export class OidcError extends Error {
  override readonly name = 'OidcError';
  /** @param detail - the provider's own words, or the library's, for people who set it up */
  constructor(
    readonly failure: OidcFailure,
    readonly detail: string,
    cause: unknown,
  ) {
    super(`sign-in at the provider failed: ${failure}: ${detail}`, { cause });
  }
}

/** The authorization code flow of OpenID Connect, with PKCE, nonce and the checks of issuer, signature and times. */
export class OidcClient {
  readonly #fetch: CustomFetch;
  readonly #known = new Map<string, { readonly at: number; readonly configuration: Promise<Configuration> }>();

  /** @param outbound - it refuses addresses inside of our network, because customers enter the issuer */
  constructor(outbound: Pick<OutboundHttp, 'fetch'>) {
    this.#fetch = async (url, { method, headers, body, signal }) => {
      const text = body instanceof URLSearchParams || typeof body === 'string' ? String(body) : undefined;
      return await outbound.fetch(url, { method, headers, body: text, signal });
    };
  }

  /** Checks that the issuer describes itself. @throws {@link OidcError} */
  async check(settings: OidcClientSettings): Promise<void> {
    await this.#discover(settings);
  }

  /**
   * @param request - `again`: the person must enter their credentials, although the provider knows them
   * @returns the address of the provider's page for signing in
   * @throws {@link OidcError}
   */
  async authorizationUrl(
    settings: OidcClientSettings,
    { state, nonce, codeVerifier }: FlowSecrets,
    request: {
      readonly redirectUri: string;
      readonly email: string | null;
      readonly again: boolean;
      readonly groups: boolean;
    },
  ): Promise<string> {
    const configuration = await this.#recent(settings);
    const metadata = configuration.serverMetadata();
    const scopes = ['openid', 'email', 'profile'];
    if (request.groups && metadata.scopes_supported?.includes('groups') === true) scopes.push('groups');
    const url = buildAuthorizationUrl(configuration, {
      response_type: 'code',
      redirect_uri: request.redirectUri,
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ...(request.email === null ? {} : { login_hint: request.email }),
      ...(request.again ? { prompt: 'login', max_age: '0' } : {}),
      // So that a sign-in in which the provider asks for nothing does not count as a recent one.
      ...(metadata['claims_parameter_supported'] === true
        ? { claims: JSON.stringify({ id_token: { auth_time: { essential: true } } }) }
        : {}),
    });
    return url.href;
  }

  /**
   * Ends a sign-in with the provider's answer.
   *
   * @param since - the earliest time at which the person may have entered their credentials; null for any
   * @throws {@link OidcError}
   */
  async answer(
    settings: OidcClientSettings,
    callback: URL,
    { state, nonce, codeVerifier }: FlowSecrets,
    since: Date | null,
  ): Promise<ProviderAnswer> {
    const configuration = await this.#discover(settings);
    try {
      const tokens = await authorizationCodeGrant(configuration, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const idToken: Claims | undefined = tokens.claims();
      if (idToken === undefined) throw new OidcError('invalid', 'the answer has no ID token', null);
      const subject = String(idToken['sub']);
      const authenticatedAt = timeOf(idToken['auth_time']);
      if (since !== null) requireRecent(authenticatedAt, since);
      const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined;
      const userInfo = hasUserInfo ? await fetchUserInfo(configuration, tokens.access_token, subject) : {};
      return { idToken, userInfo, authenticatedAt };
    } catch (error) {
      throw oidcErrorOf(error);
    }
  }

  /** Discovers the provider, or takes what was discovered within the last minute. */
  async #recent(settings: OidcClientSettings): Promise<Configuration> {
    const key = JSON.stringify([settings.issuer, settings.clientId]);
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() - known.at < METADATA_MS) return await known.configuration;
    const configuration = this.#discover(settings);
    if (this.#known.size >= MOST_PROVIDERS) this.#known.clear();
    this.#known.set(key, { at: performance.now(), configuration });
    configuration.catch(() => this.#known.delete(key));
    return await configuration;
  }

  async #discover({ issuer, clientId, clientSecret }: OidcClientSettings): Promise<Configuration> {
    try {
      const url = new URL(issuer);
      const configuration = await discovery(
        url,
        clientId,
        { client_secret: clientSecret, [clockTolerance]: CLOCK_TOLERANCE_SECONDS },
        (server, client, body, headers) => {
          // Basic is the default of the specification.
          const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
          const authenticate = methods.includes('client_secret_basic')
            ? ClientSecretBasic(clientSecret)
            : ClientSecretPost(clientSecret);
          return authenticate(server, client, body, headers);
        },
        {
          [customFetch]: this.#fetch,
          timeout: TIMEOUT_SECONDS,
          // The signature of the ID token is checked too, not only the connection that brought it.
          // Plain http is refused by `outbound`, except where the operator permits it.
          execute: [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])],
        },
      );
      return configuration;
    } catch (error) {
      throw new OidcError('unreachable', wordsOf(error), error);
    }
  }
}

function requireRecent(authenticatedAt: Date | null, since: Date): void {
  if (authenticatedAt === null) throw new OidcError('old_sign_in', 'the ID token has no auth_time', null);
  if (authenticatedAt.getTime() < since.getTime() - CLOCK_TOLERANCE_SECONDS * 1_000)
    throw new OidcError('old_sign_in', 'auth_time is before this sign-in', null);
}

function timeOf(seconds: unknown): Date | null {
  return typeof seconds === 'number' ? new Date(seconds * 1_000) : null;
}

function oidcErrorOf(error: unknown): OidcError {
  if (error instanceof OidcError) return error;
  if (error instanceof AuthorizationResponseError) return new OidcError('denied', wordsOf(error), error);
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError)
    return new OidcError('refused', wordsOf(error), error);
  const cause = error instanceof ClientError ? error.cause : null;
  const isAnswer = error instanceof ClientError && !(cause instanceof TypeError) && error.code !== 'OAUTH_TIMEOUT';
  return new OidcError(isAnswer ? 'invalid' : 'unreachable', wordsOf(error), error);
}

/** One line about an error. */
function wordsOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError)
    return [error.error, error.error_description]
      .filter((part) => part !== undefined)
      .join(': ')
      .slice(0, 300);
  if (error instanceof WWWAuthenticateChallengeError)
    return error.cause.map(({ parameters }) => parameters['error_description'] ?? parameters['error'] ?? '').join(', ');
  if (!(error instanceof Error)) return String(error).slice(0, 300);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`.slice(0, 300);
}
