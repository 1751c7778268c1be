import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CrmControl } from '../control/crm-control';
import type { Parts } from '../http/api';
import { href } from './labels';
import { homePage, listPage, recordPage } from './models';
import type { Place } from './models';
import { render, stylesheet } from './views';

/** Pages for people: accounts, lists, and a record with its timeline as HubSpot shows it. */
export function pageRoutes(server: FastifyInstance, parts: Parts, control: CrmControl): void {
  const css = stylesheet();
  server.get('/sandbox/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(css));
  server.get('/', async (_request, reply) => html(reply, render('home', homePage(parts))));
  server.get<{ Params: { portalId: string; typeId: string }; Querystring: { filters?: string } }>(
    '/contacts/:portalId/objects/:typeId/views/all/list',
    async (request, reply) => {
      const place = placeOf(parts, request.params.portalId, request.params.typeId);
      if (place === null) return missing(reply);
      const only = filteredId(request.query.filters);
      return html(reply, render('list', listPage(parts, place, only)));
    },
  );
  server.get<{ Params: { portalId: string; id: string } }>(
    '/tasks/:portalId/view/all/task/:id',
    async (request, reply) => reply.redirect(href(Number(request.params.portalId), '0-27', request.params.id), 302),
  );
  const record = async (request: RecordRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const place = placeOf(parts, request.params.portalId, request.params.typeId);
    if (place === null) return missing(reply);
    const { portal, type } = place;
    const asked = request.params.id;
    const found = parts.crm.lookup.follow(portal.id, type.typeId, asked);
    if (found === undefined) return missing(reply);
    // HubSpot redirects an old id to the record that it was merged into.
    if (found.id !== asked) return reply.redirect(href(portal.id, type.typeId, found.id), 302);
    const page = recordPage(parts, control, place, found, request.query.engagement);
    return html(reply, render('record', page));
  };
  server.get('/contacts/:portalId/record/:typeId/:id', record);
  // The timeline of a record with one activity selected.
  server.get('/contacts/:portalId/record/:typeId/:id/view/1', record);
}

type RecordRequest = FastifyRequest<{
  Params: { portalId: string; typeId: string; id: string };
  Querystring: { engagement?: string };
}>;

const filtersShape = z.array(
  z.object({ property: z.literal('hs_object_id'), operator: z.literal('EQ'), value: z.string() }),
);

/** Returns the id in a list's filter, as in the `url` of a note; null for any other filter. */
function filteredId(filters: string | undefined): string | null {
  if (filters === undefined) return null;
  try {
    return filtersShape.parse(JSON.parse(filters))[0]?.value ?? null;
  } catch {
    return null;
  }
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('content-security-policy', "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'")
    .type('text/html; charset=utf-8')
    .send(page);
}

function missing(reply: FastifyReply): FastifyReply {
  reply.code(404);
  return html(
    reply,
    render('problem', {
      heading: 'There is no such record',
      text: 'It was never made, or erased for good. The list of its account shows what there is.',
      details: [],
    }),
  );
}

function placeOf(parts: Parts, portalId: string, typeId: string): Place | null {
  const portal = parts.crm.catalogue.portal(Number(portalId));
  const type = portal === undefined ? undefined : parts.crm.catalogue.type(portal.id, typeId);
  return portal === undefined || type === undefined ? null : { portal, type };
}
