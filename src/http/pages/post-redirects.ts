import type { FastifyInstance, RouteOptions } from 'fastify';
import { pageOptions } from './layout/guard';
import { formField } from './layout/session';

/**
 * Lets every address that only takes forms answer GET with a redirect to the page above it: browsers open such an
 * address again after a form showed its result there, or from their history. Call it before the routes are registered.
 *
 * @param base - the path of PUBLIC_URL
 * @returns adds the redirects; call it after the routes are registered
 */
export function redirectForms(pages: FastifyInstance, base: string): () => void {
  const routes: Pick<RouteOptions, 'method' | 'url'>[] = [];
  pages.addHook('onRoute', ({ method, url }) => void routes.push({ method, url }));
  return () => {
    const withMethod = (name: string) =>
      routes.filter(({ method }) => [method].flat().includes(name)).map(({ url }) => url);
    const shown = withMethod('GET');
    for (const url of withMethod('POST')) {
      // Below `/meetings/:meetingId`, `/meetings/resync` is the page of a meeting with that id.
      if (shown.some((pattern) => matches(pattern, url))) continue;
      const target = pageAbove(url, shown);
      pages.get(url, pageOptions('public'), (request, reply) => {
        const path = target.replaceAll(/:(?<name>\w+)/g, (_match, name: string) =>
          encodeURIComponent(formField(request.params, name) ?? ''),
        );
        return reply.redirect(`${base}${path}`, 303);
      });
    }
  };
}

/** The longest beginning of an address that is a page. */
export function pageAbove(url: string, pages: readonly string[]): string {
  const parts = url.split('/');
  for (let length = parts.length - 1; length > 1; length -= 1) {
    const above = parts.slice(0, length).join('/');
    if (pages.includes(above)) return above;
  }
  return '/';
}

function matches(pattern: string, url: string): boolean {
  const [wanted, given] = [pattern.split('/'), url.split('/')];
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}
