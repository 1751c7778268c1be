import { randomUUID } from 'node:crypto';
import type { OutletKind } from '../../meeting/notices/outlet';
import { readRecipients } from '../../meeting/notices/recipients';
import type { OutboundHttp } from '../../outbound/outbound-http';
import { newWebhookSecret, sealOutlet, signingSecrets } from '../../outbound/outlet-secrets';
import type { SecretBox } from '../../secrets';
import type { Actor } from '../../store/audit/actor';
import { recordAudit, type AuditEvent } from '../../store/audit/record-audit';
import type { DbPool } from '../../store/database';
import { findDelivery, putTestNotice, redeliver, type Delivery } from '../../store/notices/delivery-lists';
import {
  deleteOutlet,
  findOutlet,
  insertOutlet,
  listOutlets,
  replaceSecret,
  switchOff,
  switchOn,
  updateOutlet,
  type OutletRow,
} from '../../store/notices/outlets';
import { ProblemError } from '../plumbing/problems';
import type { OutletChange, OutletInput } from './outlet-input';

/** A workspace has at most this many outlets: each costs every notice a delivery. */
const MOST_OUTLETS = 20;

/** What acts on outlets work with. */
export interface OutletDependencies {
  readonly db: DbPool;
  readonly secrets: SecretBox;
  readonly outbound: Pick<OutboundHttp, 'problemOf'>;
  /** Null without a mail server. */
  readonly mailer: object | null;
}

/** Who acts in which workspace. */
export interface Acting {
  readonly workspaceId: string;
  readonly actor: Actor;
}

/**
 * Creates an outlet.
 *
 * @returns the outlet, and the secret of a webhook, null for other kinds
 * @throws {@link ProblemError} when the address cannot be used, or there are too many outlets
 */
export async function createOutlet(
  deps: OutletDependencies,
  { workspaceId, actor }: Acting,
  input: OutletInput,
): Promise<{ readonly outlet: OutletRow; readonly secret: string | null }> {
  const { db, secrets } = deps;
  const checked = await checkAddress(deps, input.kind, input.address);
  refuseDailyWebhooks(input.kind, input.when);
  if ((await listOutlets(db, workspaceId)).length >= MOST_OUTLETS)
    throw new ProblemError('outlet-limit', `This workspace has ${MOST_OUTLETS} outlets already.`);
  const id = randomUUID();
  const secret = input.kind === 'webhook' ? newWebhookSecret() : null;
  const outlet = await recorded(
    db,
    actor,
    async (transaction) =>
      await insertOutlet(transaction, {
        id,
        workspaceId,
        kind: input.kind,
        name: input.name,
        address: sealOutlet(secrets, id, 'address', checked.address),
        addressHint: checked.hint,
        events: input.events,
        daily: input.when === 'daily',
        includesText: input.includesText,
        language: input.language,
        secret: secret === null ? null : sealOutlet(secrets, id, 'secret', secret),
        createdBy: actor.label,
      }),
    (created) => ({ workspaceId, action: 'outlet.create', object: objectOf(created), after: auditedValues(created) }),
  );
  return { outlet, secret };
}

/** Changes an outlet. @throws {@link ProblemError} */
export async function changeOutlet(
  deps: OutletDependencies,
  { workspaceId, actor }: Acting,
  id: string,
  change: OutletChange,
): Promise<OutletRow> {
  const { db, secrets } = deps;
  const before = await existingOutlet(db, workspaceId, id);
  const checked = change.address === undefined ? null : await checkAddress(deps, before.kind, change.address);
  refuseDailyWebhooks(before.kind, change.when);
  const { name = before.name, events = before.events } = change;
  return await recorded(
    db,
    actor,
    async (transaction) => {
      await updateOutlet(transaction, id, {
        name,
        address: checked === null ? before.address : sealOutlet(secrets, id, 'address', checked.address),
        addressHint: checked?.hint ?? before.address_hint,
        events,
        daily: change.when === undefined ? before.daily : change.when === 'daily',
        includesText: change.includesText ?? before.includes_text,
        language: change.language ?? before.language,
      });
      if (change.state === 'on' && before.state === 'off') await switchOn(transaction, id);
      if (change.state === 'off') await switchOff(transaction, id, 'by_person');
      return await existingOutlet(transaction, workspaceId, id);
    },
    (after) => ({
      workspaceId,
      action: 'outlet.change',
      object: objectOf(after),
      before: auditedValues(before),
      after: { ...auditedValues(after), ...(checked === null ? {} : { addressChanged: true }) },
    }),
  );
}

/** Deletes an outlet with its deliveries. @throws {@link ProblemError} */
export async function removeOutlet({ db }: OutletDependencies, { workspaceId, actor }: Acting, id: string) {
  const before = await existingOutlet(db, workspaceId, id);
  await recorded(
    db,
    actor,
    async (transaction) => await deleteOutlet(transaction, workspaceId, id),
    (deleted) =>
      deleted
        ? { workspaceId, action: 'outlet.delete', object: objectOf(before), before: auditedValues(before) }
        : null,
  );
  return before;
}

/** Gives a webhook a new secret. The old one signs, too, for a day. @throws {@link ProblemError} */
export async function rotateSecret({ db, secrets }: OutletDependencies, { workspaceId, actor }: Acting, id: string) {
  const outlet = await webhookOf(db, workspaceId, id);
  const secret = newWebhookSecret();
  await recorded(
    db,
    actor,
    async (transaction) => await replaceSecret(transaction, id, sealOutlet(secrets, id, 'secret', secret)),
    () => ({ workspaceId, action: 'outlet.rotate_secret', object: objectOf(outlet) }),
  );
  return { outlet: await existingOutlet(db, workspaceId, id), secret };
}

/** The secret of a webhook, for an admin who needs it again. @throws {@link ProblemError} */
export async function revealSecret({ db, secrets }: OutletDependencies, { workspaceId, actor }: Acting, id: string) {
  const outlet = await webhookOf(db, workspaceId, id);
  const [secret = ''] = signingSecrets(secrets, outlet);
  await recorded(
    db,
    actor,
    () => Promise.resolve(),
    () => ({ workspaceId, action: 'outlet.show_secret', object: objectOf(outlet) }),
  );
  return { outlet, secret };
}

/** Sends a test event to an outlet. @throws {@link ProblemError} */
export async function testOutlet({ db }: OutletDependencies, workspaceId: string, id: string): Promise<Delivery> {
  const outlet = await outletThatIsOn(db, workspaceId, id);
  return await existingDelivery(db, outlet.id, await putTestNotice(db, { outletId: outlet.id, workspaceId }));
}

/** Delivers one notice again. @throws {@link ProblemError} */
export async function redeliverOne(
  { db }: OutletDependencies,
  { workspaceId, actor }: Acting,
  { outletId, deliveryId }: { readonly outletId: string; readonly deliveryId: string },
): Promise<Delivery> {
  const outlet = await outletThatIsOn(db, workspaceId, outletId);
  const delivery = await existingDelivery(db, outlet.id, deliveryId);
  await recorded(
    db,
    actor,
    async (transaction) => await redeliver(transaction, outlet.id, { id: delivery.id }),
    (count) => ({ workspaceId, action: 'outlet.redeliver', object: objectOf(outlet), after: { count } }),
  );
  return await existingDelivery(db, outlet.id, deliveryId);
}

/** Delivers again what failed since a time. @returns how many. @throws {@link ProblemError} */
export async function redeliverSince(
  { db }: OutletDependencies,
  { workspaceId, actor }: Acting,
  { outletId, since }: { readonly outletId: string; readonly since: Date },
): Promise<number> {
  const outlet = await outletThatIsOn(db, workspaceId, outletId);
  return await recorded(
    db,
    actor,
    async (transaction) => await redeliver(transaction, outlet.id, { since }),
    (count) => ({
      workspaceId,
      action: 'outlet.redeliver',
      object: objectOf(outlet),
      after: { count, since: since.toISOString() },
    }),
  );
}

/** The outlet with this id. @throws {@link ProblemError} 404 */
export async function existingOutlet(
  db: Parameters<typeof findOutlet>[0],
  workspaceId: string,
  id: string,
): Promise<OutletRow> {
  const outlet = await findOutlet(db, workspaceId, id);
  if (outlet === null) throw new ProblemError('outlet-not-found', `This workspace has no outlet "${id}".`);
  return outlet;
}

async function existingDelivery(db: DbPool, outletId: string, id: string): Promise<Delivery> {
  const delivery = await findDelivery(db, outletId, id);
  if (delivery === null) throw new ProblemError('outlet-not-found', `This outlet has no delivery "${id}".`);
  return delivery;
}

async function outletThatIsOn(db: DbPool, workspaceId: string, id: string): Promise<OutletRow> {
  const outlet = await existingOutlet(db, workspaceId, id);
  if (outlet.state === 'off')
    throw new ProblemError('outlet-off', 'This outlet is off, so it sends nothing. Switch it on first.');
  return outlet;
}

async function webhookOf(db: DbPool, workspaceId: string, id: string): Promise<OutletRow> {
  const outlet = await existingOutlet(db, workspaceId, id);
  if (outlet.kind !== 'webhook') throw invalid('kind', 'must be webhook: only webhooks have a secret');
  return outlet;
}

function refuseDailyWebhooks(kind: OutletKind, when: 'at_once' | 'daily' | undefined): void {
  if (kind === 'webhook' && when === 'daily') throw invalid('when', 'must be at_once for a webhook');
}

/** @returns the address to store, and the part of it that is no secret */
async function checkAddress(
  { outbound, mailer }: OutletDependencies,
  kind: OutletKind,
  text: string,
): Promise<{ readonly address: string; readonly hint: string }> {
  if (kind === 'email') {
    if (mailer === null) throw invalid('kind', 'cannot be email: this installation has no mail server (SMTP_URL)');
    const { addresses, problem } = readRecipients(text);
    if (addresses === null) throw invalid('address', problem);
    return { address: addresses.join(', '), hint: addresses.map(hintOfMail).join(', ') };
  }
  const problem = await outbound.problemOf(text);
  if (problem !== null) throw invalid('address', problem);
  return { address: text, hint: new URL(text).host };
}

/** `ana@northwind.example` → `a…@northwind.example` */
function hintOfMail(address: string): string {
  const [name = '', domain = ''] = address.split('@');
  return `${name.slice(0, 1)}…@${domain}`;
}

function invalid(path: string, message: string): ProblemError {
  return new ProblemError('invalid-input', `${path} ${message}.`, { errors: [{ path, message }] });
}

/** Runs an act and records it, in one transaction. @param eventOf - null when the act changed nothing */
async function recorded<Result>(
  db: DbPool,
  actor: Actor,
  act: (transaction: Parameters<typeof recordAudit>[0]) => Promise<Result>,
  eventOf: (result: Result) => AuditEvent | null,
): Promise<Result> {
  return await db.transaction().execute(async (transaction) => {
    const result = await act(transaction);
    const event = eventOf(result);
    if (event !== null) await recordAudit(transaction, actor, event);
    return result;
  });
}

function objectOf({ id, name }: OutletRow) {
  return { type: 'outlet', id, label: name };
}

/** The address is a secret, so the trail has its hint. */
function auditedValues(row: OutletRow) {
  return {
    name: row.name,
    kind: row.kind,
    address: row.address_hint,
    events: row.events,
    when: row.daily ? 'daily' : 'at_once',
    includesText: row.includes_text,
    state: row.state,
  };
}
