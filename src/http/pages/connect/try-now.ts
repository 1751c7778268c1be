import type { FastifyInstance } from 'fastify';
import { tryNow } from '../../../dispatch/limit-probe';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { setFlash, type Flash } from '../layout/flash';
import { basePath } from '../layout/render';
import { sessionOf } from '../layout/session';
import { formOptions } from '../layout/sign-in';
import { counted } from '../layout/status-words';

/** The button that sends HubSpot a request before the end of a limit. */
export function registerTryNow(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'gateway' | 'changes'>,
): void {
  const { publicUrl } = deps.config;

  pages.post('/integrations/hubspot/try-now', formOptions(pages, deps), async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    setFlash(reply, publicUrl, await outcomeFor(workspaceId));
    return await reply.redirect(`${basePath(publicUrl)}/settings/integrations`, 303);
  });

  async function outcomeFor(workspaceId: string): Promise<Flash> {
    try {
      const meetings = await askingHubSpot(tryNow(deps, workspaceId));
      return {
        kind: 'success',
        message: 'HubSpot takes requests again.',
        action: `${counted(meetings, 'meeting goes', 'meetings go')} on now.`,
      };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return {
        kind: 'error',
        message: error.message,
        action: 'Meetings wait on, and go on by themselves. Nothing is lost.',
      };
    }
  }
}
