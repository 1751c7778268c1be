import type { AuditEvent } from '../store/audit/record-audit';
import type { ConnectionRow } from '../store/connections/connections';

/** The audit event of an account that was connected. @param before - the connection that it replaces */
export function connectedEvent(
  { workspaceId, portalId, scopes }: { workspaceId: string; portalId: number; scopes: readonly string[] },
  before: ConnectionRow | null,
): AuditEvent {
  const after = { state: 'connected', scopes };
  const object = accountObject(portalId);
  return before === null
    ? { workspaceId, action: 'connection.connect', object, after }
    : {
        workspaceId,
        action: 'connection.reauthorize',
        object,
        before: { state: before.state, scopes: before.scopes },
        after,
      };
}

/** The audit event of an account that was disconnected. */
export function disconnectedEvent({ workspace_id: workspaceId, portal_id: portalId }: ConnectionRow): AuditEvent {
  return { workspaceId, action: 'connection.disconnect', object: accountObject(portalId) };
}

function accountObject(portalId: number) {
  return { type: 'account', id: String(portalId) };
}
