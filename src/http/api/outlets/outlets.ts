import { z } from 'zod';
import { listOutlets } from '../../../store/notices/outlets';
import type { HttpDependencies } from '../../dependencies';
import { outletDocument } from '../../outlets/outlet-documents';
import { outletChange, outletInput } from '../../outlets/outlet-input';
import {
  changeOutlet,
  createOutlet,
  existingOutlet,
  removeOutlet,
  revealSecret,
  rotateSecret,
} from '../../outlets/outlets';
import { apiActing } from '../auth';
import { problemAnswers } from '../schemas';
import type { Api } from '../typed-api';
import { registerDeliveries } from './deliveries';
import { outlet, outletParams, outletTags, outletWithSecret } from './schemas';

const tags = outletTags;
const params = outletParams;

const listSchema = {
  tags,
  summary: 'List the outlets',
  description: 'Webhooks, Slack and e-mail addresses that notices go to. Only the scope admin sees addresses.',
  response: { 200: z.object({ outlets: z.array(outlet) }), ...problemAnswers() },
};

const createSchema = {
  tags,
  summary: 'Create an outlet',
  description:
    'It gets what happens from now on. A webhook is signed by the Standard Webhooks specification: the response has its secret.',
  body: outletInput,
  response: { 201: outletWithSecret, ...problemAnswers(400, 409, 415) },
};

const changeSchema = {
  tags,
  summary: 'Change an outlet, or switch it on or off',
  params,
  body: outletChange,
  response: { 200: outlet, ...problemAnswers(400, 404, 415) },
};

const deleteSchema = {
  tags,
  summary: 'Delete an outlet',
  description: 'Nothing is sent to it from now on, and its deliveries are deleted.',
  params,
  response: { 204: z.null(), ...problemAnswers(404) },
};

const secretSchema = {
  tags,
  summary: 'Get the secret of a webhook',
  description: 'The audit trail records who looked at it.',
  params,
  response: { 200: outletWithSecret, ...problemAnswers(400, 404) },
};

const rotateSchema = {
  tags,
  summary: 'Give a webhook a new secret',
  description: 'The old one signs, too, for 24 hours, so that the receiver can change at any time.',
  params,
  response: { 200: outletWithSecret, ...problemAnswers(400, 404) },
};

/** `/outlets`: where notices go, and what became of them. */
export function registerOutlets(
  api: Api,
  deps: Pick<HttpDependencies, 'db' | 'secrets' | 'outbound' | 'mailer'>,
): void {
  const { db, secrets } = deps;
  const admin = { access: 'admin' } as const;
  const read = { access: 'read' } as const;
  api.get('/outlets', { config: read, schema: listSchema }, async ({ workspaceId, scopes }) => {
    const opens = scopes.includes('admin') ? secrets : null;
    return { outlets: (await listOutlets(db, workspaceId)).map((row) => outletDocument(row, opens)) };
  });
  api.post('/outlets', { config: admin, schema: createSchema }, async (request, reply) => {
    const made = await createOutlet(deps, apiActing(request), request.body);
    return reply.code(201).send({ outlet: outletDocument(made.outlet, secrets), secret: made.secret });
  });
  api.get(
    '/outlets/:id',
    {
      config: read,
      schema: { tags, summary: 'Get an outlet', params, response: { 200: outlet, ...problemAnswers(404) } },
    },
    async ({ workspaceId, params: { id }, scopes }) =>
      outletDocument(await existingOutlet(db, workspaceId, id), scopes.includes('admin') ? secrets : null),
  );
  api.patch('/outlets/:id', { config: admin, schema: changeSchema }, async (request, reply) => {
    const changed = await changeOutlet(deps, apiActing(request), request.params.id, request.body);
    return reply.send(outletDocument(changed, secrets));
  });
  api.delete('/outlets/:id', { config: admin, schema: deleteSchema }, async (request, reply) => {
    await removeOutlet(deps, apiActing(request), request.params.id);
    return reply.code(204).send(null);
  });
  api.get('/outlets/:id/secret', { config: admin, schema: secretSchema }, async (request, reply) => {
    const shown = await revealSecret(deps, apiActing(request), request.params.id);
    return reply.send({ outlet: outletDocument(shown.outlet, secrets), secret: shown.secret });
  });
  api.post('/outlets/:id/rotate-secret', { config: admin, schema: rotateSchema }, async (request, reply) => {
    const rotated = await rotateSecret(deps, apiActing(request), request.params.id);
    return reply.send({ outlet: outletDocument(rotated.outlet, secrets), secret: rotated.secret });
  });
  registerDeliveries(api, deps);
}
