import type { AuditEvent } from '../audit/record-audit';
import type { Scope } from './scopes';

/** The audit event of a new API key. */
export function createdEvent(
  workspaceId: string,
  { id, name, scopes, expiresAt }: { id: string; name: string; scopes: readonly Scope[]; expiresAt: Date | null },
): AuditEvent {
  const after = { scopes, expiresAt: expiresAt?.toISOString() ?? null };
  return { workspaceId, action: 'key.create', object: { type: 'key', id, label: name }, after };
}
