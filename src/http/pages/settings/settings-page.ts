import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../../dependencies';
import { setFlash, type Flash } from '../layout/flash';
import { basePath, renderPage } from '../layout/render';
import { sessionOf } from '../layout/session';
import { settingsPath, settingsTitle, settingsView, type SettingsPageId } from './settings-nav';

/** Renders one of the settings pages. */
export async function renderSettings(
  deps: Pick<HttpDependencies, 'db' | 'config'>,
  page: {
    readonly id: SettingsPageId;
    /** The name of the file in `views/settings`. */
    readonly template: string;
    readonly model: object;
    readonly htmx?: boolean;
  },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id, template, model, htmx = false } = page;
  const view = settingsView(id, template, model, sessionOf(request).scopes.includes('admin'));
  return await renderPage(deps, { view, title: settingsTitle(id), section: 'settings', htmx }, request, reply);
}

/** Returns to a settings page with a message. */
export function backToSettings(
  { config: { publicUrl } }: Pick<HttpDependencies, 'config'>,
  reply: FastifyReply,
  flash: Flash,
  id: SettingsPageId = 'hubspot',
): FastifyReply {
  setFlash(reply, publicUrl, flash);
  return reply.redirect(`${basePath(publicUrl)}${settingsPath(id)}`, 303);
}
