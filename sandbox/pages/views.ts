import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { packageRoot } from '../package-root';

const folder = join(packageRoot(), 'sandbox', 'pages');
const eta = new Eta({ views: folder, autoEscape: true, cache: true });

/**
 * Renders one of the templates beside this file as HTML. Every value in it is escaped, except a body that HubSpot's
 * rules cleaned.
 */
export function render(template: 'authorize' | 'problem' | 'home' | 'list' | 'record', data: object): string {
  return eta.render(`./${template}`, data);
}

/** The style sheet of all pages. */
export function stylesheet(): string {
  return readFileSync(join(folder, 'style.css'), 'utf8');
}
