import type { FastifyInstance } from 'fastify';
import { recordAccessChange } from '../../../store/access/access-changes';
import { endAllSessions, endListedSession } from '../../../store/access/sessions';
import { sessionOf } from '../layout/session';
import { formOptions } from '../layout/sign-in';
import { done, signedOut, unknown, type Dependencies, type RequestWithId } from './people-answers';

/** Signed-in browsers on the settings page. */
export function registerSessions(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, deps);

  pages.post('/settings/sessions/:id/end', guardedForm, async (request: RequestWithId, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    if (!(await endListedSession(deps.db, workspaceId, request.params.id))) throw unknown('session');
    await recordAccessChange(deps.db, { workspaceId, actor, action: 'signed a browser out' });
    return done(deps, reply, 'That device is signed out.');
  });

  pages.post('/settings/sessions/end-all', guardedForm, async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    await endAllSessions(deps.db, workspaceId);
    await recordAccessChange(deps.db, { workspaceId, actor, action: 'signed every browser out' });
    request.log.info({ workspaceId }, 'every browser was signed out');
    return await signedOut(deps, 'Every device of this workspace is signed out, including this one.', reply);
  });
}
