import type { FastifyInstance } from 'fastify';
import { tryNow } from '../../../dispatch/limit-probe';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import type { Session } from '../../../store/access/sessions';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import type { Flash } from '../layout/flash';
import { sessionOf } from '../layout/session';
import { formOptions } from '../layout/guard';
import { backToSettings } from '../settings/settings-page';

/** The button that sends HubSpot a request before the end of a limit. */
export function registerTryNow(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'gateway' | 'changes'>,
): void {
  pages.post('/integrations/hubspot/try-now', formOptions(pages, 'meetings:write'), async (request, reply) => {
    return backToSettings(deps, reply, await outcomeFor(sessionOf(request)));
  });

  async function outcomeFor({ workspaceId, actor }: Session): Promise<Flash> {
    try {
      const meetings = await askingHubSpot(tryNow(deps, workspaceId, actor));
      return {
        kind: 'success',
        message: t('HubSpot accepts requests again.'),
        action: t('Syncing {count, plural, one {# meeting} other {# meetings}}.', { count: meetings }),
      };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return {
        kind: 'error',
        message: storedText(error.message),
        action: t('Meetings keep waiting, and syncing continues automatically. No meeting is lost.'),
      };
    }
  }
}
