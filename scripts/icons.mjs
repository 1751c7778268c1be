// Copies the icons that the pages use from @tabler/icons into one view, so that pages inline them as SVG and the
// product is shipped without the other five thousand.
//
//   npm run icons
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import about from '@tabler/icons/package.json' with { type: 'json' };
import nodes from '@tabler/icons/tabler-nodes-outline.json' with { type: 'json' };

/** The name on our pages, and the icon's name in the package. */
const ICONS = {
  alert: 'alert-triangle',
  analytics: 'chart-bar',
  check: 'check',
  company: 'building',
  connect: 'plug-connected',
  contact: 'user',
  deal: 'currency-dollar',
  disconnected: 'plug-connected-x',
  done: 'circle-check',
  example: 'flask',
  external: 'external-link',
  import: 'upload',
  filter: 'adjustments-horizontal',
  invite: 'user-plus',
  link: 'plus',
  meetings: 'layout-list',
  more: 'dots',
  object: 'box',
  overview: 'home',
  person: 'user-question',
  retry: 'refresh',
  search: 'search',
  settings: 'settings',
  sync: 'loader-2',
  unlink: 'x',
};

const VIEW = join(import.meta.dirname, '../src/http/pages/views/shell/icon.eta');

/** The text of the view, for the test that compares it with the package. */
export function iconView() {
  const lines = Object.entries(ICONS).map(([name, icon]) => {
    const shapes = nodes[icon].map(([tag, { key: _key, ...attributes }]) => {
      const texts = Object.entries(attributes).map(([attribute, value]) => `${attribute}="${value}"`);
      return `<${tag} ${texts.join(' ')}/>`;
    });
    return `  ${name}: '${shapes.join('')}',`;
  });
  return [
    `<% /* Made by scripts/icons.mjs from @tabler/icons ${about.version} (MIT). */ const icons = {`,
    ...lines,
    `}; %><svg class="icon" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><%~ icons[it.name] %></svg>`,
  ].join('\n');
}

if (import.meta.filename === process.argv[1]) writeFileSync(VIEW, iconView());
