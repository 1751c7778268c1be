import type { FastifyInstance } from 'fastify';
import { LANGUAGES } from '../../../languages/language';
import { t } from '../../../languages/text';
import { ProblemError } from '../../plumbing/problems';
import { basePath } from './render';
import { cookieNames, formField } from './session';
import { formOptions } from './guard';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** `POST /language` keeps a person's choice in a cookie for a year, and returns to the page. */
export function registerLanguageSwitch(pages: FastifyInstance, publicUrl: string): void {
  const names = cookieNames(publicUrl);
  pages.post('/language', formOptions(pages, 'public'), async (request, reply) => {
    const code = formField(request.body, 'language') ?? '';
    if (!LANGUAGES.has(code))
      throw new ProblemError(
        'invalid-input',
        t('language must be one of {codes}.', { codes: [...LANGUAGES.keys()].join(', ') }),
      );
    reply.setCookie(names.language, code, { ...names.options, maxAge: YEAR_SECONDS });
    return await reply.redirect(returnPath(formField(request.body, 'back'), publicUrl), 303);
  });
}

/** The path and query of an address on our own server, else the start page. Never another site. */
export function returnPath(back: string | undefined, publicUrl: string): string {
  const home = `${basePath(publicUrl)}/`;
  const { origin } = new URL(publicUrl);
  const url = URL.parse(back ?? home, origin);
  return url?.origin === origin ? `${url.pathname}${url.search}` : home;
}
