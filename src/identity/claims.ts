/** What a provider says about a person: the claims of the ID token, and of the user info. */
export type Claims = Readonly<Record<string, unknown>>;

/** A person whom a provider has identified. */
export interface Identity {
  readonly issuer: string;
  /** The provider's id of the person. It never changes, unlike the address. */
  readonly subject: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string | null;
  readonly groups: readonly string[];
}

/** Why the claims of a person do not let them in. */
export type ClaimsProblem = 'no_email' | 'unverified_email' | 'foreign_domain';

/**
 * Reads a person from a provider's claims.
 *
 * @param claims - `idToken`: of the validated ID token; `userInfo`: of the user info with the same subject, or none
 * @param provider - `domains`: lower case. `groupsClaim`: the claim that lists groups
 */
export function identityOf(
  { idToken, userInfo }: { readonly idToken: Claims; readonly userInfo: Claims },
  provider: { readonly issuer: string; readonly domains: readonly string[]; readonly groupsClaim: string },
): Identity | { readonly problem: ClaimsProblem } {
  // An address counts only with what the same source says about it.
  const source = [idToken, userInfo].find((claims) => textOf(claims['email']) !== null);
  const email = source === undefined ? null : textOf(source['email'])?.toLowerCase();
  if (source === undefined || email === null || email === undefined || !/^[^\s@]+@[^\s@]+$/.test(email))
    return { problem: 'no_email' };
  if (!isVerified(source)) return { problem: 'unverified_email' };
  if (!provider.domains.includes(email.slice(email.lastIndexOf('@') + 1))) return { problem: 'foreign_domain' };
  return {
    issuer: provider.issuer,
    subject: textOf(idToken['sub']) ?? '',
    email,
    name: nameOf(idToken) ?? nameOf(userInfo),
    groups: groupsOf(idToken[provider.groupsClaim] ?? userInfo[provider.groupsClaim]),
  };
}

/**
 * Whether the provider vouches for the address. Microsoft Entra ID has no `email_verified`; its `xms_edov` says that the
 * organisation owns the domain of the address.
 */
function isVerified(claims: Claims): boolean {
  const verified = claims['email_verified'] ?? claims['xms_edov'];
  return verified === true || verified === 1 || verified === 'true' || verified === '1';
}

/** Some providers send one group as a text. */
function groupsOf(value: unknown): string[] {
  return [value].flat().filter((group) => typeof group === 'string');
}

function nameOf(claims: Claims): string | null {
  const name = textOf(claims['name'])
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 100);
  return name === undefined || name === '' ? null : name;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
