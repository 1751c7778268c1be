import type { FastifyInstance } from 'fastify';
import { t } from '../../../languages/text';
import { countByState } from '../../../store/meetings/meeting-lists';
import { requeueMany } from '../../../store/meetings/requeue-many';
import type { HttpDependencies } from '../../dependencies';
import { confirmView } from '../layout/common-views';
import { setFlash } from '../layout/flash';
import { basePath, renderPage } from '../layout/render';
import { sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { settingsPath } from './settings-nav';

/** The page that asks before the settings are applied to meetings that are in HubSpot already. */
export const APPLY_PATH = '/settings/apply';

/** `/settings/apply`: brings the present settings to past meetings. */
export function registerApplySettings(pages: FastifyInstance, deps: Pick<HttpDependencies, 'db' | 'config'>): void {
  const { db, config } = deps;

  pages.get(APPLY_PATH, pageOptions('admin'), async (request, reply) => {
    const counts = await countByState(db, sessionOf(request).workspaceId, {});
    const past = (['on_timeline', 'not_in_hubspot', 'skipped'] as const).reduce(
      (sum, state) => sum + (counts.get(state) ?? 0),
      0,
    );
    const model = {
      heading: t('Apply the settings to past meetings?'),
      sentences: [
        t(
          '{count, plural, one {# meeting is} other {# meetings are}} compared with the settings, and changed in HubSpot where something differs.',
          { count: past },
        ),
        t(
          'Meetings that the settings exclude are removed from HubSpot. Records that you linked or unlinked by hand stay so.',
        ),
        t('New meetings go first. You can go on working meanwhile.'),
      ],
      action: APPLY_PATH,
      button: t('Apply to past meetings'),
      back: settingsPath('meetings'),
    };
    const page = { view: confirmView(model), title: t('Apply the settings'), section: 'settings' } as const;
    return await renderPage(deps, page, request, reply);
  });

  pages.post(APPLY_PATH, formOptions(pages, 'admin'), async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    // In the background, so that new meetings go first.
    const count = await requeueMany(db, workspaceId, { kind: 'reconcilable' }, 'reconciliation');
    request.log.info({ workspaceId, meetings: count }, 'the settings are applied to past meetings');
    setFlash(reply, config.publicUrl, {
      kind: 'success',
      message: t('Applying the settings to {count, plural, one {# past meeting} other {# past meetings}}.', { count }),
      action: '',
    });
    return await reply.redirect(`${basePath(config.publicUrl)}/meetings`, 303);
  });
}
