import { isPermanent, needsFreshToken, type HubSpotError } from '../client/errors';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES, type HubSpotOAuth } from '../client/oauth';

const JOURNAL_SCOPES = [
  'developer.webhooks_journal.read',
  'developer.webhooks_journal.subscriptions.read',
  'developer.webhooks_journal.subscriptions.write',
];
/** A token is not used in the last fifth of its life, nor in its last five minutes. */
const TOKEN_MARGIN_MS = 5 * 60_000;

/** How to continue after HubSpot did not accept a call. */
export type TokenDecision =
  | { readonly do: 'replace' }
  /** Request a token that has these object scopes as well. */
  | { readonly do: 'extend'; readonly objectScopes: readonly string[] }
  | { readonly do: 'give_up' };

/**
 * Decides whether another token may succeed where this one was refused. HubSpot's guide does not say whether the app or
 * the token needs the scopes of the object types. A refusal for missing scopes shows that the token needs them.
 *
 * @param objectScopes - those of the token; null if HubSpot grants the app no token with such scopes
 */
export function decideToken(refusal: HubSpotError, objectScopes: readonly string[] | null): TokenDecision {
  const { failure } = refusal;
  if (needsFreshToken(refusal)) return { do: 'replace' };
  if (failure.kind !== 'needs_attention' || failure.code !== 'missing_scope' || objectScopes === null)
    return { do: 'give_up' };
  const missing = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES].filter(
    (scope) => failure.scopes.includes(scope) && !objectScopes.includes(scope),
  );
  return missing.length === 0 ? { do: 'give_up' } : { do: 'extend', objectScopes: [...objectScopes, ...missing] };
}

/** The app's token for the journal. */
export class JournalToken {
  readonly #oauth: Pick<HubSpotOAuth, 'appToken'>;
  #token: { readonly value: string; readonly goodUntil: number } | null = null;
  #objectScopes: readonly string[] | null = [];

  constructor(oauth: Pick<HubSpotOAuth, 'appToken'>) {
    this.#oauth = oauth;
  }

  /** A valid token. */
  async current(): Promise<string> {
    if (this.#token !== null && Date.now() < this.#token.goodUntil) return this.#token.value;
    const askedAt = Date.now();
    const { accessToken, expiresInSeconds } = await this.#oauth.appToken([
      ...JOURNAL_SCOPES,
      ...(this.#objectScopes ?? []),
    ]);
    const life = expiresInSeconds * 1_000;
    this.#token = { value: accessToken, goodUntil: askedAt + life - Math.min(TOKEN_MARGIN_MS, life / 5) };
    return accessToken;
  }

  /** @returns whether {@link current} now returns a token that may do what HubSpot refused */
  async replaceAfter(refusal: HubSpotError): Promise<boolean> {
    const decision = decideToken(refusal, this.#objectScopes);
    switch (decision.do) {
      case 'give_up':
        return false;
      case 'replace':
        this.#token = null;
        return true;
      case 'extend':
        return await this.#extend(decision.objectScopes);
    }
  }

  async #extend(objectScopes: readonly string[]): Promise<boolean> {
    const previous = this.#token;
    this.#token = null;
    this.#objectScopes = objectScopes;
    try {
      await this.current();
      return true;
    } catch (error) {
      if (!isPermanent(error)) throw error;
      this.#token = previous;
      this.#objectScopes = null;
      return false;
    }
  }
}
