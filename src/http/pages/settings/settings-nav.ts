import { message, t } from '../../../languages/text';
import type { FilledView } from '../layout/view';

/** The pages of the settings, in the order of their navigation. */
const PAGES = {
  hubspot: { path: '/settings/integrations', words: 'HubSpot', group: message('Integrations') },
  meetings: { path: '/settings/meetings', words: message('Which meetings'), group: message('Sync') },
  linking: { path: '/settings/linking', words: message('What gets linked'), group: message('Sync') },
  appearance: { path: '/settings/appearance', words: message('How it looks in HubSpot'), group: message('Sync') },
  fields: { path: '/settings/fields', words: message('Values for properties'), group: message('Sync') },
  notices: { path: '/settings/notices', words: message('Notices'), group: message('Sync') },
  keys: { path: '/settings/keys', words: message('API keys'), group: message('Access') },
  signIn: { path: '/settings/sign-in', words: message('Sign-in'), group: message('Access') },
  people: { path: '/settings/members', words: message('People'), group: message('Access') },
  devices: { path: '/settings/sessions', words: message('Devices'), group: message('Access') },
  changes: { path: '/settings/changes', words: message('Audit trail'), group: message('Access') },
} as const;

/** Pages that concern the reader only. */
const PAGES_FOR_ALL: ReadonlySet<string> = new Set<keyof typeof PAGES>(['devices']);

export type SettingsPageId = keyof typeof PAGES;

/** What surrounds the content of each settings page. */
export interface SettingsFrameModel {
  readonly heading: string;
  readonly settingsNav: readonly {
    /** The HTML id of the group's name. */
    readonly id: string;
    readonly group: string;
    readonly pages: readonly { readonly path: string; readonly words: string; readonly current: boolean }[];
  }[];
}

/** The path of a settings page below PUBLIC_URL. */
export function settingsPath(id: SettingsPageId): string {
  return PAGES[id].path;
}

/** The title of a settings page, as other pages name it: `Settings → HubSpot`. */
export function settingsTitle(id: SettingsPageId): string {
  return t('Settings → {page}', { page: t(PAGES[id].words) });
}

/** A settings page with its navigation. @param isAdmin - others may open {@link PAGES_FOR_ALL} only */
export function settingsView(id: SettingsPageId, template: string, model: object, isAdmin: boolean): FilledView {
  const pages = Object.entries(PAGES).filter(([key]) => isAdmin || PAGES_FOR_ALL.has(key));
  const frame: SettingsFrameModel = {
    heading: t(PAGES[id].words),
    settingsNav: Object.entries(Object.groupBy(pages, ([, { group }]) => group)).map(([group, ofGroup = []]) => ({
      id: `settings-${group.toLowerCase()}`,
      group: t(group),
      pages: ofGroup.map(([key, { path, words }]) => ({ path, words: t(words), current: key === id })),
    })),
  };
  return { template: `settings/${template}`, model: { ...model, ...frame } };
}
