import type { AuditPage, AuditQuery } from '../client';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';

const LISTED = 100;

/** The options of the command. */
export interface AuditOptions extends ApiOptions {
  readonly who?: string;
  readonly group?: string;
  readonly object?: string;
  readonly from?: string;
  readonly to?: string;
  readonly search?: string;
}

/** `audit`: lists the newest events of the audit trail that match the filters. */
export async function listAudit({ who, group, object, from, to, search, ...options }: AuditOptions): Promise<void> {
  const given = { who, group, objectId: object, from, to, q: search };
  const query: AuditQuery = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const page = await reached(apiFor(options).audit({ ...query, limit: LISTED }));
  const lines = page.events.map(lineOf);
  if (page.nextCursor !== null) lines.push(`The newest ${LISTED} of more.`);
  outputFor(options).result(page, lines.length === 0 ? 'No events match.' : lines.join('\n'));
}

function lineOf({ at, actor, sentence, before, after, count }: AuditPage['events'][number]): string {
  const change = [before, after].map((values) => (values === null ? '' : JSON.stringify(values))).join(' -> ');
  const often = count === 1 ? '' : ` (${count} times)`;
  return `${at}  ${actor.label} ${sentence}${often}${change === ' -> ' ? '' : `  ${change}`}`;
}
