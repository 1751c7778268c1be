import swagger from '@fastify/swagger';
import type { LimitedHttpDependencies } from '../dependencies';
import { BODY_LIMIT } from '../plumbing/errors';
import { parseJson } from '../plumbing/json-bodies';
import { refuseUnstorable } from '../characters';
import { registerAnalytics } from './analytics';
import { registerAudit } from './audit/audit';
import { authenticateApi } from './auth';
import { registerBackfills } from './backfills';
import { registerCalendarDoubles } from './calendar-doubles';
import { registerConnection } from './connection';
import { documentation, registerDocumentation } from './documentation';
import { registerKeys } from './keys';
import { registerLinks } from './links';
import { registerContext } from './context';
import { registerCrm } from './crm/records';
import { registerProperties } from './crm/properties';
import { registerMeetings } from './meetings';
import { registerOutlets } from './outlets/outlets';
import { registerPreviews } from './previews';
import { registerReconcile } from './reconcile';
import { registerReviews } from './reviews';
import { registerSettings } from './settings';
import { registerSessions } from './sessions';
import type { Api } from './typed-api';

/** Enough for 5 MiB at less than 1 Mbit/s. */
const MEETING_SECONDS = 60;

/** `/api`: version 1 and its documentation. */
export async function registerApi(app: Api, deps: LimitedHttpDependencies): Promise<void> {
  await app.register(swagger, documentation(deps.config.publicUrl));
  registerDocumentation(app, deps);
  await app.register(
    async (api: Api) => {
      // Defaults of the API's routes. A meeting's body may take a while over a slow connection.
      api.addHook('onRoute', (route) => {
        route.bodyLimit ??= BODY_LIMIT;
        route.config = { bodySeconds: MEETING_SECONDS, ...route.config };
      });
      parseJson(api);
      refuseUnstorable(api);
      authenticateApi(api, deps);
      registerMeetings(api, deps);
      registerBackfills(api, deps);
      registerLinks(api, deps);
      registerReviews(api, deps);
      registerSettings(api, deps);
      registerCalendarDoubles(api, deps);
      registerPreviews(api, deps);
      registerContext(api, deps);
      registerCrm(api, deps);
      registerProperties(api, deps);
      registerAnalytics(api, deps);
      registerReconcile(api, deps);
      registerConnection(api, deps);
      registerSessions(api, deps);
      registerKeys(api, deps);
      registerOutlets(api, deps);
      registerAudit(api, deps);
    },
    { prefix: '/api/v1' },
  );
}
