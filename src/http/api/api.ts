import swagger from '@fastify/swagger';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { HttpDependencies } from '../dependencies';
import { ProblemError } from '../problems';
import { registerAnalytics } from './analytics';
import { authenticateApi } from './auth';
import { registerBackfills } from './backfills';
import { registerCalendarDoubles } from './calendar-doubles';
import { registerConnection } from './connection';
import { documentation, registerDocumentation } from './documentation';
import { registerKeys } from './keys';
import { registerLinks } from './links';
import { registerContext } from './context';
import { registerCrm } from './crm';
import { registerMeetings } from './meetings';
import { registerPreviews } from './previews';
import { registerReconcile } from './reconcile';
import { registerSettings } from './settings';
import { registerSessions } from './sessions';

/** A part of the server whose routes are typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** `/api`: version 1 and its documentation. */
export async function registerApi(app: Api, deps: HttpDependencies): Promise<void> {
  await app.register(swagger, documentation(deps.config.publicUrl));
  await registerDocumentation(app, deps);
  await app.register(
    async (api: Api) => {
      acceptEmptyJson(api);
      authenticateApi(api, deps);
      registerMeetings(api, deps);
      registerBackfills(api, deps);
      registerLinks(api, deps);
      registerSettings(api, deps);
      registerCalendarDoubles(api, deps);
      registerPreviews(api, deps);
      registerContext(api, deps);
      registerCrm(api, deps);
      registerAnalytics(api, deps);
      registerReconcile(api, deps);
      registerConnection(api, deps);
      registerSessions(api, deps);
      registerKeys(api, deps);
    },
    { prefix: '/api/v1' },
  );
}

/** Some clients send "Content-Type: application/json" without a body on every POST and DELETE: that is no mistake. */
function acceptEmptyJson(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') done(null, undefined);
    else
      void parse(request, text, (error, value) =>
        done(error === null ? null : new ProblemError('invalid-json', whyNotJson(text)), value),
      );
  });
}

/** Fastify's parser is safe and says only that it failed; the engine's knows the place. */
function whyNotJson(text: string): string {
  try {
    JSON.parse(text);
    return 'The body has a field that is never taken: "__proto__" or "constructor".';
  } catch (error) {
    return `The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
