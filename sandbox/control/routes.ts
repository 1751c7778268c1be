import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../errors';
import { idShape, parseBody, propertiesShape } from '../http/api';
import type { Parts } from '../http/api';
import { faultShape } from '../http/faults';
import { associationsShape } from '../http/objects';
import { defaultSettings } from '../settings';
import { changedWebhookSettings } from '../webhooks/settings';
import type { CrmControl } from './crm-control';
import type { PortalsControl } from './portals-control';
import type { TokensControl } from './tokens-control';
import { webhooksShape } from './webhook-routes';

export interface Controls {
  crm: CrmControl;
  portals: PortalsControl;
  tokens: TokensControl;
}

const limit = z.number().int().positive().nullable().optional();
const settingsShape = z.strictObject({
  accessTokenSeconds: z.number().int().positive().optional(),
  codeSeconds: z.number().int().positive().optional(),
  rotateRefreshTokens: z.boolean().optional(),
  furtherGrants: z.enum(['another', 'same', 'replaces']).optional(),
  searchLagMs: z.number().int().nonnegative().optional(),
  shortSearchPages: z.boolean().optional(),
  shuffleBatches: z.boolean().optional(),
  staleAssociations: z.boolean().optional(),
  associationPageSize: z.number().int().positive().optional(),
  mergeKeepsPrimaryId: z.boolean().optional(),
  associationLimits: z.record(z.string(), z.number().int().nonnegative()).optional(),
  inlineAssociations: z.number().int().positive().optional(),
  additionalEmails: z.enum(['enumeration', 'string', 'refused']).optional(),
  editorMarkup: z.boolean().optional(),
  unansweredProperties: z.array(z.string()).optional(),
  deletedLeftOut: z.boolean().optional(),
  traceIdsInCreates: z.boolean().optional(),
  refusedEmailEndings: z.array(z.string().min(1)).optional(),
  otherAppSearchesPerSecond: z.number().nonnegative().optional(),
  activityErasure: z.boolean().optional(),
  webhooks: webhooksShape.optional(),
  journal: z
    .strictObject({
      access: z.enum(['refused', 'powerless', 'granted']).optional(),
      fileSize: z.number().int().positive().optional(),
      keptMs: z.number().int().nonnegative().optional(),
      addressMs: z.number().int().nonnegative().optional(),
      nothingNew: z.union([z.literal(204), z.literal(404)]).optional(),
    })
    .optional(),
  limits: z
    .strictObject({ tenSecondly: limit, searchPerSecond: limit, associationsTenSecondly: limit, daily: limit })
    .optional(),
});
const portalShape = z.strictObject({
  id: z.number().int().positive().optional(),
  name: z.string().optional(),
  hubDomain: z.string().optional(),
  timeZone: z.string().optional(),
  currency: z.string().optional(),
  accountType: z.enum(['STANDARD', 'DEVELOPER_TEST', 'SANDBOX', 'APP_DEVELOPER']).optional(),
  customObjects: z.boolean().optional(),
});
const ownerShape = z.strictObject({
  email: z.string(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  archived: z.boolean().optional(),
});
const tokenShape = z.strictObject({
  portalId: z.number().int().optional(),
  scopes: z.array(z.string()).optional(),
  expiresInSeconds: z.number().int().optional(),
});
const recordShape = z.strictObject({
  properties: propertiesShape,
  associations: associationsShape,
  searchable: z.boolean().optional(),
});
const specShape = z.object({ associationCategory: z.string(), associationTypeId: z.number().int() });

type WithPortal = { Params: { portal: string; type: string; id: string; toType: string; toId: string } };

/**
 * The control API of a running sandbox for other processes. It is not part of HubSpot, has no login, and is only
 * reachable from this machine because the sandbox binds to loopback.
 */
export function controlRoutes(server: FastifyInstance, parts: Parts, controls: Controls): void {
  const base = '/sandbox/api';
  server.get(`${base}/health`, async (_request, reply) =>
    reply.header('instance-id', parts.instanceId).send({ status: 'ok' }),
  );

  server.get(`${base}/settings`, async () => parts.settings);
  server.patch(`${base}/settings`, async (request) => changeSettings(parts, request.body));
  server.delete(`${base}/settings`, async () => resetSettings(parts));

  server.get<{ Querystring: { method?: string; path?: string } }>(`${base}/requests`, async (request) => ({
    results: parts.log.list(request.query),
  }));
  server.delete(`${base}/requests`, async (_request, reply) => {
    parts.log.clear();
    return reply.code(204).send();
  });

  server.get(`${base}/faults`, async () => ({ results: parts.faults.list() }));
  server.post(`${base}/faults`, async (request, reply) =>
    reply.code(201).send({ id: parts.faults.add(parseBody(faultShape, request.body)) }),
  );
  server.delete(`${base}/faults`, async (_request, reply) => {
    parts.faults.clear();
    return reply.code(204).send();
  });
  server.delete<{ Params: { id: string } }>(`${base}/faults/:id`, async (request, reply) => {
    parts.faults.clear(Number(request.params.id));
    return reply.code(204).send();
  });

  server.post(`${base}/tokens`, async (request, reply) =>
    reply.code(201).send(controls.tokens.issue(parseBody(tokenShape, request.body ?? {}))),
  );
  server.post<{ Params: { portal: string } }>(`${base}/portals/:portal/expire-tokens`, async (request, reply) => {
    controls.tokens.expire(Number(request.params.portal));
    return reply.code(204).send();
  });
  server.post<{ Params: { portal: string } }>(`${base}/portals/:portal/uninstall`, async (request, reply) => {
    controls.tokens.uninstall(Number(request.params.portal));
    return reply.code(204).send();
  });

  portalRoutes(server, `${base}/portals`, controls);
  const records = `${base}/portals/:portal/objects/:type`;
  recordRoutes(server, records, controls);
  recordActionRoutes(server, records, controls);
  associationRoutes(server, records, controls);
}

function portalRoutes(server: FastifyInstance, base: string, controls: Controls): void {
  server.get(base, async () => ({ results: controls.portals.list() }));
  server.post(base, async (request, reply) =>
    reply.code(201).send(controls.portals.create(parseBody(portalShape, request.body ?? {}))),
  );
  server.get<{ Params: { portal: string } }>(`${base}/:portal/users`, async (request) => ({
    results: controls.portals.users(Number(request.params.portal)),
  }));
  server.get<{ Params: { portal: string } }>(`${base}/:portal/owners`, async (request) => ({
    results: controls.portals.owners(Number(request.params.portal)),
  }));
  server.post<{ Params: { portal: string } }>(`${base}/:portal/owners`, async (request, reply) =>
    reply.code(201).send(controls.portals.addOwner(Number(request.params.portal), parseBody(ownerShape, request.body))),
  );
  server.post<{ Params: { portal: string } }>(`${base}/:portal/move`, async (request) => {
    const shape = z.strictObject({ hublet: z.string().min(1), uiDomain: z.string().min(1).optional() });
    return controls.portals.move(Number(request.params.portal), parseBody(shape, request.body));
  });
  server.patch<{ Params: { portal: string; id: string } }>(`${base}/:portal/owners/:id`, (request) =>
    controls.portals.setOwnerArchived(
      Number(request.params.portal),
      request.params.id,
      parseBody(z.strictObject({ archived: z.boolean() }), request.body).archived,
    ),
  );
}

function recordRoutes(server: FastifyInstance, records: string, controls: Controls): void {
  server.get<WithPortal & { Querystring: { archived?: string } }>(records, (request) => ({
    results: controls.crm.list(request.params.type, {
      portalId: Number(request.params.portal),
      archived: request.query.archived === 'true',
    }),
  }));
  server.post<WithPortal>(records, async (request, reply) => {
    const { properties, associations, searchable } = parseBody(recordShape, request.body);
    const options = { portalId: Number(request.params.portal), associations };
    return reply
      .code(201)
      .send(
        controls.crm.create(
          request.params.type,
          properties,
          searchable === undefined ? options : { ...options, searchable },
        ),
      );
  });
  server.get<WithPortal>(`${records}/:id`, async (request) => {
    const { portal, type, id } = request.params;
    const record = controls.crm.get(type, id, { portalId: Number(portal) });
    if (record === undefined) throw new ApiError(404, `There is no ${type} ${id} in portal ${portal}`);
    return record;
  });
  server.patch<WithPortal>(`${records}/:id`, async (request) => {
    const { properties } = parseBody(z.strictObject({ properties: propertiesShape }), request.body);
    const { portal, type, id } = request.params;
    return controls.crm.update(type, id, properties, { portalId: Number(portal) });
  });
  server.delete<WithPortal>(`${records}/:id`, async (request, reply) => {
    const { portal, type, id } = request.params;
    controls.crm.archive(type, id, { portalId: Number(portal) });
    return reply.code(204).send();
  });
}

/** What a person does with records besides changing their properties. */
function recordActionRoutes(server: FastifyInstance, records: string, controls: Controls): void {
  server.post<WithPortal>(`${records}/merge`, async (request) => {
    const shape = z.strictObject({ primaryObjectId: idShape, objectIdToMerge: idShape });
    const { primaryObjectId, objectIdToMerge } = parseBody(shape, request.body);
    const where = { portalId: Number(request.params.portal) };
    return controls.crm.merge(request.params.type, primaryObjectId, objectIdToMerge, where);
  });
  server.post<WithPortal>(`${records}/:id/restore`, async (request) => {
    const { portal, type, id } = request.params;
    return controls.crm.restore(type, id, { portalId: Number(portal) });
  });
  server.post<WithPortal>(`${records}/:id/privacy-deletion`, async (request, reply) => {
    const { portal, type, id } = request.params;
    controls.crm.privacyDelete(type, id, { portalId: Number(portal) });
    return reply.code(204).send();
  });
}

function associationRoutes(server: FastifyInstance, records: string, controls: Controls): void {
  server.get<WithPortal>(`${records}/:id/timeline`, async (request) => {
    const { portal, type, id } = request.params;
    return { results: controls.crm.timeline(type, id, { portalId: Number(portal) }) };
  });
  server.get<WithPortal>(`${records}/:id/associations/:toType`, async (request) => {
    const { portal, type, id, toType } = request.params;
    return { results: controls.crm.associations(type, id, toType, { portalId: Number(portal) }) };
  });
  server.put<WithPortal>(`${records}/:id/associations/:toType/:toId`, async (request, reply) => {
    const { portal, type, id, toType, toId } = request.params;
    const types = request.body === undefined ? undefined : parseBody(z.array(specShape), request.body);
    const options = { portalId: Number(portal) };
    controls.crm.associate(type, id, toType, toId, types === undefined ? options : { ...options, types });
    return reply.code(204).send();
  });
  server.delete<WithPortal>(`${records}/:id/associations/:toType/:toId`, async (request, reply) => {
    const { portal, type, id, toType, toId } = request.params;
    controls.crm.disassociate(type, id, toType, toId, { portalId: Number(portal) });
    return reply.code(204).send();
  });
}

function changeSettings(parts: Parts, body: unknown) {
  const { limits, webhooks, journal, ...rest } = parseBody(settingsShape, body);
  Object.assign(parts.settings, rest);
  Object.assign(parts.settings.limits, limits);
  Object.assign(parts.settings.journal, journal);
  parts.settings.webhooks = changedWebhookSettings(parts.settings.webhooks, webhooks ?? {});
  return parts.settings;
}

/** The target URL stays, because it identifies the app and is not part of HubSpot's behaviour. */
function resetSettings(parts: Parts) {
  const { targetUrl } = parts.settings.webhooks;
  Object.assign(parts.settings, defaultSettings());
  parts.settings.webhooks.targetUrl = targetUrl;
  return parts.settings;
}
