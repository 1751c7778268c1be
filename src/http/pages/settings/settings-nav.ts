import type { FilledView } from '../layout/view';

/** The pages of the settings, in the order of their navigation. */
const PAGES = {
  hubspot: { path: '/settings/integrations', words: 'HubSpot', group: 'Integrations' },
  meetings: { path: '/settings/meetings', words: 'Which meetings', group: 'Sync' },
  linking: { path: '/settings/linking', words: 'What gets linked', group: 'Sync' },
  appearance: { path: '/settings/appearance', words: 'How it looks in HubSpot', group: 'Sync' },
  fields: { path: '/settings/fields', words: 'Values for properties', group: 'Sync' },
  keys: { path: '/settings/keys', words: 'API keys', group: 'Access' },
  people: { path: '/settings/members', words: 'People', group: 'Access' },
  devices: { path: '/settings/sessions', words: 'Devices', group: 'Access' },
  changes: { path: '/settings/changes', words: 'Change log', group: 'Access' },
} as const;

export type SettingsPageId = keyof typeof PAGES;

/** What surrounds the content of each settings page. */
export interface SettingsFrameModel {
  readonly heading: string;
  readonly settingsNav: readonly {
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
  return `Settings → ${PAGES[id].words}`;
}

/** A settings page with its navigation. */
export function settingsView(id: SettingsPageId, template: string, model: object): FilledView {
  const frame: SettingsFrameModel = {
    heading: PAGES[id].words,
    settingsNav: Object.entries(Object.groupBy(Object.entries(PAGES), ([, { group }]) => group)).map(
      ([group, pages]) => ({
        group,
        pages: pages.map(([key, { path, words }]) => ({ path, words, current: key === id })),
      }),
    ),
  };
  return { template: `settings/${template}`, model: { ...model, ...frame } };
}
