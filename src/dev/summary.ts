import type { StatusDocument } from '../client';
import { needsAttentionUrl } from '../temporal/names';
import { apiKeyOf, publicUrlOf, type DevSettings } from './settings';

/** The addresses of the running parts. */
export interface Addresses {
  readonly port: number;
  readonly serverMetricsPort: number;
  readonly workerMetricsPort: number;
  readonly temporalUiUrl: string | null;
  readonly sandboxUrl: string | null;
}

/** In place of a sign-in link. */
export const NO_LINK =
  'none: the workspace "default" has another API key (BOOTSTRAP_API_KEY names the key of a new workspace only)';

type Example = Pick<StatusDocument, 'meetingId' | 'status' | 'reason' | 'links'>;

const NARROWEST = 40;
const WIDEST = 100;

/**
 * What `dev` prints last. Rules above and below, and none at the sides: a long link stays one piece that can be clicked.
 *
 * @param example - the example meeting, if this start posted it
 * @param columns - the width of the terminal (`@default 100`)
 */
export function summary({
  settings,
  addresses,
  link,
  example,
  columns = WIDEST,
}: {
  readonly settings: DevSettings;
  readonly addresses: Addresses;
  readonly link: string;
  readonly example: Example | null;
  readonly columns?: number | undefined;
}): string {
  const { temporalUiUrl, sandboxUrl, workerMetricsPort, serverMetricsPort } = addresses;
  const url = publicUrlOf(settings, addresses.port);
  const rows = [
    ['Logs', `${settings.dataFolder}/logs`],
    ['Metrics', `http://localhost:${workerMetricsPort}/metrics (worker), :${serverMetricsPort} (server)`],
    ...(temporalUiUrl === null
      ? []
      : [
          ['Temporal UI', temporalUiUrl],
          ['', `needs attention: ${needsAttentionUrl(temporalUiUrl, settings.namespace)}`],
        ]),
    ...(sandboxUrl === null ? [] : [['HubSpot', `${sandboxUrl} (the sandbox)`]]),
    ['API', `${url}/api/docs`],
    ['API key', apiKeyOf(settings)],
    [],
    ['Sign in', link],
    ['', 'works once, within 5 minutes; for another: npx hubspot-meeting-sync open'],
    ...(example === null ? [] : exampleRows(example, url)),
    ['Try', 'npx hubspot-meeting-sync sync examples/meeting.json'],
    ['', 'npx hubspot-meeting-sync demo        forty more meetings, for lists and analytics'],
    ['', 'npx hubspot-meeting-sync --help'],
  ];
  const rule = '─'.repeat(Math.min(Math.max(columns, NARROWEST), WIDEST));
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(12)} ${value}`.trimEnd());
  return ['', rule, '  Everything is up. Press Ctrl-C to stop.', '', ...lines, rule].join('\n');
}

function exampleRows({ meetingId, status, links, reason }: Example, url: string): string[][] {
  const page = `${url}/meetings/${encodeURIComponent(meetingId)}`;
  const where =
    status === 'synced' ? `is on the timelines of ${links.length} records` : `is ${status.replace('_', ' ')}`;
  return [['Example', `a meeting ${where}: ${page}`], ...(reason === null ? [] : [['', reason.message]])];
}
