import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { endListedSession, endSessions, listSessions } from '../../../store/access/sessions';
import { timeZoneOf } from '../../meeting-filters';
import { sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { deviceModels, type DeviceModel } from './device-models';
import { done, notFound, signedOut, type Dependencies, type RequestWithId } from './people-answers';
import { settingsPath } from './settings-nav';
import { renderSettings } from './settings-page';

/** `/settings/sessions`: the signed-in browsers. */
export function registerSessions(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, 'admin');

  pages.get(settingsPath('devices'), pageOptions('signed-in'), async (request, reply) => {
    return await showDevices(deps, request, reply);
  });

  pages.post('/settings/sessions/:id/end', formOptions(pages, 'signed-in'), async (request: RequestWithId, reply) => {
    const session = sessionOf(request);
    if (!(await endListedSession(deps.db, session, request.params.id)))
      throw notFound(t('This workspace has no such session, or no longer.'));
    return done(deps, reply, t('That device is signed out.'), 'devices');
  });

  pages.post('/settings/sessions/end-others', guardedForm, async (request, reply) => {
    const session = sessionOf(request);
    const { workspaceId, actor } = session;
    await endSessions(deps.db, { workspaceId, actor, except: session });
    request.log.info({ workspaceId }, 'every other browser was signed out');
    return done(deps, reply, t('Every other device is signed out.'), 'devices');
  });

  pages.post('/settings/sessions/end-all', guardedForm, async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    await endSessions(deps.db, { workspaceId, actor });
    request.log.info({ workspaceId }, 'every browser was signed out');
    return await signedOut(deps, t('Every device of this workspace is signed out, including this one.'), reply);
  });
}

async function showDevices(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const timeZone = await timeZoneOf(deps.db, session.workspaceId);
  const devices: DeviceModel[] = deviceModels(await listSessions(deps.db, session), timeZone);
  return await renderSettings(deps, { id: 'devices', template: 'devices', model: { devices } }, request, reply);
}
