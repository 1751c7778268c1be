import cookie from '@fastify/cookie';
import requestContext from '@fastify/request-context';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { currentLanguage, languageFor, LANGUAGES } from '../../../languages/language';
import { cookieNames } from './session';

/** The switch at the foot of a page. */
export interface LanguageChoice {
  /** The code of the page's language, for `<html lang>`. */
  readonly current: string;
  readonly all: readonly { readonly code: string; readonly name: string }[];
  /** The path and query to return to. */
  readonly back: string;
}

/**
 * Sets the language of each request: the one of the switch, else the first one of the browser that has a file. Programs
 * get English.
 */
export async function registerLanguages(app: FastifyInstance, publicUrl: string): Promise<void> {
  const { language } = cookieNames(publicUrl);
  await app.register(requestContext, {
    defaultStoreValues: (request: FastifyRequest) => ({
      language: isForPrograms(request.url)
        ? languageFor('en', [])
        : languageFor(cookie.parse(request.headers.cookie ?? '')[language], request.accepts().languages()),
    }),
  });
}

/** Whether an address is for programs alone: the API, and the tools for agents. */
export function isForPrograms(url: string): boolean {
  return url.startsWith('/api/') || /^\/mcp(?:$|[/?])/.test(url);
}

/** The model of the switch for this request. */
export function languageChoice(request: FastifyRequest): LanguageChoice {
  return {
    current: currentLanguage().code,
    all: [...LANGUAGES.values()].map(({ code, name }) => ({ code, name })),
    back: request.url,
  };
}
