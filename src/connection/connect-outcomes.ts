import { isOurConfiguration } from '../hubspot/client/classify-call';
import { needsFreshToken, whyReauthorize, type HubSpotError } from '../hubspot/client/errors';
import { REQUIRED_SCOPES } from '../hubspot/client/oauth';

/** The result of pressing Connect. Every refusal says what happened and what the person can do. */
export type ConnectOutcome =
  | { readonly outcome: 'connected' | 'reconnected'; readonly portalId: number }
  | {
      readonly outcome:
        | 'portal_taken'
        | 'other_portal'
        | 'code_refused'
        | 'app_misconfigured'
        | 'missing_scopes'
        | 'hubspot_unavailable';
      readonly message: string;
      readonly action: string;
    };

/** An authorisation of one account, for one workspace. */
export interface Authorisation {
  readonly workspaceId: string;
  readonly portalId: number;
  readonly scopes: readonly string[];
}

/**
 * Decides what an authorisation leads to: it needs the required scopes, and workspaces and accounts are connected one to
 * one.
 *
 * @param existing - `connectedPortal`: the account that the workspace is connected to; `ownerOfPortal`: the workspace
 *   that the authorised account is connected to
 */
export function decideConnect(
  { workspaceId, portalId, scopes }: Authorisation,
  {
    connectedPortal,
    ownerOfPortal,
  }: { readonly connectedPortal: number | null; readonly ownerOfPortal: string | null },
): ConnectOutcome {
  const missing = REQUIRED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) return missingScopes(missing);
  if (connectedPortal !== null && connectedPortal !== portalId) return otherPortal(connectedPortal, portalId);
  if (ownerOfPortal !== null && ownerOfPortal !== workspaceId) return portalTaken(portalId);
  return { outcome: connectedPortal === null ? 'connected' : 'reconnected', portalId };
}

/** Whether the account is connected now. */
export function isConnected({ outcome }: ConnectOutcome): boolean {
  return outcome === 'connected' || outcome === 'reconnected';
}

/** The outcome when the account is connected to another workspace. */
function portalTaken(portalId: number): ConnectOutcome {
  return {
    outcome: 'portal_taken',
    message: `HubSpot account ${portalId} is already connected to another workspace.`,
    action: 'Disconnect it there first, or choose another HubSpot account.',
  };
}

/** The outcome when another workspace connected the account at the same time. */
export function portalTakenMeanwhile(): ConnectOutcome {
  return {
    outcome: 'portal_taken',
    message: 'This HubSpot account was just connected to another workspace.',
    action: 'Disconnect it there first, or choose another HubSpot account.',
  };
}

/** The outcome when the workspace is connected to one account and another one was chosen. */
function otherPortal(connected: number, chosen: number): ConnectOutcome {
  return {
    outcome: 'other_portal',
    message: `You chose HubSpot account ${chosen}, but this workspace is connected to account ${connected}.`,
    action: `Disconnect first to connect account ${chosen}, or try again and choose account ${connected}.`,
  };
}

/** The outcome of HubSpot's response to an authorisation code, for the person who pressed Connect. */
export function refusal(error: HubSpotError): ConnectOutcome {
  const { failure } = error;
  if (failure.kind === 'reauthorize' && failure.why === 'moved') {
    return {
      outcome: 'hubspot_unavailable',
      message: `HubSpot did not finish the connection: ${whyReauthorize(error) ?? error.rawMessage}.`,
      action:
        'Try again; if this persists, report to HubSpot support that the account answers from another data center.',
    };
  }
  const misconfigured = failure.kind === 'needs_attention' && failure.code === 'app_misconfigured';
  if (misconfigured || isOurConfiguration(error.oauthStatus)) {
    return {
      outcome: 'app_misconfigured',
      message: `HubSpot does not accept this installation's app settings (${error.oauthStatus ?? 'unknown'}: ${error.rawMessage}).`,
      action:
        'Ask the operator of this installation to check HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and the redirect URL of the HubSpot app.',
    };
  }
  if (failure.kind === 'wait' || (failure.kind === 'retry' && !needsFreshToken(error))) {
    return {
      outcome: 'hubspot_unavailable',
      message: `HubSpot did not finish the connection: ${error.rawMessage}.`,
      action: 'Try again in a minute.',
    };
  }
  return {
    outcome: 'code_refused',
    message: `HubSpot did not accept the authorisation: ${error.rawMessage}.`,
    action: 'The authorisation was used already or has expired. Try again.',
  };
}

/** The outcome when HubSpot connected the account without required scopes. */
function missingScopes(missing: readonly string[]): ConnectOutcome {
  return {
    outcome: 'missing_scopes',
    message: `HubSpot connected the account without permissions that the sync needs: ${missing.join(', ')}.`,
    action: 'Try again and accept every permission; if HubSpot does not offer them, ask your HubSpot Super Admin.',
  };
}
