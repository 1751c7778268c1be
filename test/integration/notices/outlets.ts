import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { NOTICE_EVENTS, type NoticeEvent } from '../../../src/meeting/notices/events';
import { newWebhookSecret, sealOutlet } from '../../../src/outbound/outlet-secrets';
import { insertOutlet } from '../../../src/store/notices/outlets';
import type { Stack } from '../../support/stack';

/** Creates a webhook. @returns its id and secret */
export async function webhook(
  { product, workspaceId }: Pick<Stack, 'product' | 'workspaceId'>,
  url: string,
  choices: { readonly events?: readonly NoticeEvent[]; readonly includesText?: boolean } = {},
): Promise<{ id: string; secret: string }> {
  const { db, secrets } = product;
  const id = randomUUID();
  const secret = newWebhookSecret();
  await insertOutlet(db, {
    id,
    workspaceId,
    kind: 'webhook',
    name: 'Pipeline',
    address: sealOutlet(secrets, id, 'address', url),
    addressHint: new URL(url).host,
    events: choices.events ?? NOTICE_EVENTS,
    daily: false,
    includesText: choices.includesText ?? false,
    language: 'en',
    secret: sealOutlet(secrets, id, 'secret', secret),
    createdBy: 'a test',
  });
  return { id, secret };
}

/** Writes notices as a change of state does. @returns their numbers, which their data have */
export async function happen(
  { product, workspaceId }: Pick<Stack, 'product' | 'workspaceId'>,
  count: number,
  from = 0,
) {
  for (let portalId = from + 1; portalId <= from + count; portalId += 1) {
    const data = JSON.stringify({ portalId });
    // oxlint-disable-next-line no-await-in-loop -- in order
    await sql`select put_notice(${workspaceId}, 'connection.restored', ${data}::jsonb)`.execute(product.db);
  }
  return Array.from({ length: count }, (_, index) => from + index + 1);
}

/** Sweeps as the server does, until a condition is true. */
export async function sweepUntil({ notifier }: Pick<Stack, 'notifier'>, isSo: () => boolean | Promise<boolean>) {
  // oxlint-disable-next-line no-await-in-loop -- polling
  while (!(await isSo())) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await notifier.sweep();
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(25);
  }
}

/** How many deliveries of an outlet have each state. */
export async function statesOf({ product }: Pick<Stack, 'product'>, outletId: string): Promise<Record<string, number>> {
  const rows = await product.db
    .selectFrom('notice_deliveries')
    .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
    .where('outlet_id', '=', outletId)
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}
