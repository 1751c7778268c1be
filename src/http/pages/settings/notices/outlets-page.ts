import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { currentLanguage } from '../../../../languages/language';
import { t } from '../../../../languages/text';
import { OUTLET_KINDS, type OutletKind } from '../../../../meeting/notices/outlet';
import type { FieldError } from '../../../../meeting/validation-errors';
import { listOutlets } from '../../../../store/notices/outlets';
import type { HttpDependencies } from '../../../dependencies';
import { timeZoneOf } from '../../../meeting-filters';
import { outletDocument } from '../../../outlets/outlet-documents';
import { outletChange, outletInput } from '../../../outlets/outlet-input';
import { changeOutlet, createOutlet, existingOutlet, removeOutlet, testOutlet } from '../../../outlets/outlets';
import { ProblemError } from '../../../plumbing/problems';
import { confirmView, secretView } from '../../layout/common-views';
import { formOptions, pageOptions } from '../../layout/guard';
import { renderPage } from '../../layout/render';
import { sessionOf } from '../../layout/session';
import { settingsPath } from '../settings-nav';
import { backToSettings, renderSettings } from '../settings-page';
import { registerDeliveryPages } from './deliveries-page';
import { newOutlet, outletFields, readOutletForm, type OutletValues } from './outlet-form';
import { outletsModel } from './outlet-models';
import { KIND_WORDS } from './outlet-words';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'secrets' | 'outbound' | 'mailer'>;
type OutletRequest = FastifyRequest<{ Params: { id: string } }>;
type KindRequest = FastifyRequest<{ Params: { kind: string } }>;

/** `/settings/notices`: where notices go, and the forms that add and change it. */
export function registerOutletPages(pages: FastifyInstance, deps: Dependencies): void {
  const page = pageOptions('admin');
  const form = formOptions(pages, 'admin');
  const home = settingsPath('notices');
  pages.get(home, page, async (request, reply) => await showOutlets(deps, request, reply));
  pages.get(`${home}/new/:kind`, page, async (request: KindRequest, reply) => {
    const kind = kindOf(request.params.kind);
    const values = newOutlet(kind, currentLanguage().code);
    return await showForm(deps, { kind, values, id: null, errors: [] }, request, reply);
  });
  pages.post(`${home}/new/:kind`, form, async (request: KindRequest, reply) => await create(deps, request, reply));
  pages.get(`${home}/:id`, page, async (request: OutletRequest, reply) => await showOutlet(deps, request, reply));
  pages.post(`${home}/:id`, form, async (request: OutletRequest, reply) => await change(deps, request, reply));
  for (const state of ['on', 'off'] as const)
    pages.post(`${home}/:id/${state}`, form, async (request: OutletRequest, reply) => {
      const { name } = await changeOutlet(deps, sessionOf(request), request.params.id, { state });
      const words = state === 'on' ? t('“{name}” is on.', { name }) : t('“{name}” is off.', { name });
      return done(deps, reply, words);
    });
  pages.post(`${home}/:id/test`, form, async (request: OutletRequest, reply) => {
    await testOutlet(deps, sessionOf(request).workspaceId, request.params.id);
    return done(deps, reply, t('A test message is on its way.'));
  });
  registerDeliveryPages(pages, deps);
  pages.get(`${home}/:id/remove`, page, async (request: OutletRequest, reply) => {
    return await confirmRemoval(deps, request, reply);
  });
  pages.post(`${home}/:id/remove`, form, async (request: OutletRequest, reply) => {
    const { name } = await removeOutlet(deps, sessionOf(request), request.params.id);
    return done(deps, reply, t('“{name}” is removed.', { name }));
  });
}

async function showOutlets(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const timeZone = await timeZoneOf(deps.db, workspaceId);
  const model = outletsModel(await listOutlets(deps.db, workspaceId), deps.mailer !== null, timeZone);
  return await renderSettings(deps, { id: 'notices', template: 'outlets', model }, request, reply);
}

interface ShownForm {
  readonly kind: OutletKind;
  readonly values: OutletValues;
  /** Null for a new outlet. */
  readonly id: string | null;
  readonly errors: readonly FieldError[];
}

async function showForm(
  deps: Dependencies,
  { kind, values, id, errors }: ShownForm,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const model = {
    kind: t(KIND_WORDS[kind]),
    path: `${settingsPath('notices')}/${id ?? `new/${kind}`}`,
    isNew: id === null,
    fields: outletFields(kind, values, errors),
  };
  const status = errors.length === 0 ? reply : reply.code(400);
  return await renderSettings(deps, { id: 'notices', template: 'outlet', model }, request, status);
}

async function create(deps: Dependencies, request: KindRequest, reply: FastifyReply): Promise<FastifyReply> {
  const kind = kindOf(request.params.kind);
  const values = readOutletForm(request.body, currentLanguage().code);
  const again = async (errors: readonly FieldError[]) =>
    await showForm(deps, { kind, values, id: null, errors }, request, reply);
  const input = outletInput.safeParse({ kind, ...values });
  if (!input.success) return await again(fieldErrors(input.error));
  const created = await withFieldErrors(() => createOutlet(deps, sessionOf(request), input.data));
  if ('errors' in created) return await again(created.errors);
  const { outlet, secret } = created.result;
  if (secret === null)
    return done(deps, reply, t('“{name}” gets notices from now on. Send a test to see one.', { name: outlet.name }));
  const model = {
    heading: t('Webhook created'),
    sentences: [t('With this secret, your program verifies each request. An admin can look at it again.')],
    label: t('Secret'),
    secret,
    done: settingsPath('notices'),
  };
  return await renderPage(deps, { view: secretView(model), title: t('Webhook'), section: 'settings' }, request, reply);
}

async function showOutlet(deps: Dependencies, request: OutletRequest, reply: FastifyReply): Promise<FastifyReply> {
  const row = await existingOutlet(deps.db, sessionOf(request).workspaceId, request.params.id);
  const { address, ...choices } = outletDocument(row, deps.secrets);
  const values = { ...choices, address: address ?? '' };
  return await showForm(deps, { kind: row.kind, values, id: row.id, errors: [] }, request, reply);
}

async function change(deps: Dependencies, request: OutletRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { id, kind } = await existingOutlet(deps.db, session.workspaceId, request.params.id);
  const values = readOutletForm(request.body, currentLanguage().code);
  const again = async (errors: readonly FieldError[]) =>
    await showForm(deps, { kind, values, id, errors }, request, reply);
  const input = outletChange.safeParse(values);
  if (!input.success) return await again(fieldErrors(input.error));
  const changed = await withFieldErrors(() => changeOutlet(deps, session, id, input.data));
  if ('errors' in changed) return await again(changed.errors);
  return done(deps, reply, t('“{name}” is saved.', { name: changed.result.name }));
}

async function confirmRemoval(deps: Dependencies, request: OutletRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { id, name } = await existingOutlet(deps.db, sessionOf(request).workspaceId, request.params.id);
  const model = {
    heading: t('Remove “{name}”?', { name }),
    sentences: [t('It gets no more notices, and what is recorded about its deliveries is deleted.')],
    action: `${settingsPath('notices')}/${id}/remove`,
    button: t('Remove'),
    back: settingsPath('notices'),
  };
  const page = { view: confirmView(model), title: t('Remove “{name}”?', { name }), section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}

/** @throws {@link ProblemError} for a kind that does not exist */
function kindOf(text: string): OutletKind {
  const kind = OUTLET_KINDS.find((known) => known === text);
  if (kind === undefined) throw new ProblemError('not-found', t('There is no such page.'));
  return kind;
}

function fieldErrors({ issues }: { readonly issues: readonly { path: readonly PropertyKey[]; message: string }[] }) {
  return issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}

/** What an act returns, or the fields that it refuses. */
async function withFieldErrors<Result>(
  act: () => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly errors: readonly FieldError[] }> {
  try {
    return { result: await act() };
  } catch (error) {
    if (error instanceof ProblemError && error.errors !== undefined) return { errors: error.errors };
    throw error;
  }
}

function done(deps: Dependencies, reply: FastifyReply, message: string): FastifyReply {
  return backToSettings(deps, reply, { kind: 'success', message, action: '' }, 'notices');
}
