/** What an access may do. `admin` does not include the others: a role or a key lists each scope that it has. */
export const SCOPES = ['read', 'meetings:write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Roles of members, from the one with the fewest scopes to the one with all. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['read'],
  operator: ['read', 'meetings:write'],
  admin: SCOPES,
};

/** The scopes that both have, in the order of {@link SCOPES}. */
export function commonScopes(some: readonly Scope[], others: readonly Scope[]): Scope[] {
  return SCOPES.filter((scope) => some.includes(scope) && others.includes(scope));
}

/** The scopes of `wanted` that `held` does not include. */
export function scopesBeyond(wanted: readonly Scope[], held: readonly Scope[]): Scope[] {
  return SCOPES.filter((scope) => wanted.includes(scope) && !held.includes(scope));
}

/**
 * The scopes of a session: those of its member's role, limited to those of the API key whose link signed it in.
 *
 * @param access - `role`: null for an anonymous session. `keyScopes`: null when no key is behind the session. Without
 *   both, the session has no scope
 */
export function sessionScopes({
  role,
  keyScopes,
}: {
  readonly role: Role | null;
  readonly keyScopes: readonly Scope[] | null;
}): readonly Scope[] {
  if (role === null) return keyScopes ?? [];
  return keyScopes === null ? ROLE_SCOPES[role] : commonScopes(ROLE_SCOPES[role], keyScopes);
}

/** The greatest role whose scopes an access has; null when it cannot even read. */
export function roleOf(scopes: readonly Scope[]): Role | null {
  return ROLES.findLast((role) => scopesBeyond(ROLE_SCOPES[role], scopes).length === 0) ?? null;
}
