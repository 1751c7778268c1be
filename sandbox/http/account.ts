import type { SandboxOwner, SandboxPipeline, SandboxPortal, SandboxStage } from '../crm/catalogue';
import { instantText } from '../crm/property-values';
import { resourceNotFound, validationError } from '../errors';
import { DATED, missingOwnersScope, requireScope, typeOf } from './api';
import type { Answer, ApiRoutes, Call, Parts } from './api';

function versions(v3: string, dated: (version: string) => string): string[] {
  return [v3, ...DATED.map(dated)];
}

/** The account itself, its users, owners and pipelines, and the endpoint that uninstalls the app. */
export function accountRoutes(api: ApiRoutes, parts: Parts): void {
  const owners = versions('/crm/v3/owners', (version) => `/crm/owners/${version}`);
  api.route('GET', owners, 'objects', (call) => listOwners(parts, call));
  api.route(
    'GET',
    owners.map((path) => `${path}/:ownerId`),
    'objects',
    (call) => readOwner(parts, call),
  );
  const pipelines = versions('/crm/v3/pipelines/:type', (version) => `/crm/pipelines/${version}/:type`);
  const at = (rest: string) => pipelines.map((path) => `${path}${rest}`);
  api.route('GET', pipelines, 'objects', (call) => ({
    status: 200,
    body: { results: pipelinesOf(parts, call).map(pipelineAnswer) },
  }));
  api.route('GET', at('/:pipelineId'), 'objects', (call) => ({
    status: 200,
    body: pipelineAnswer(pipelineOf(parts, call)),
  }));
  api.route('GET', at('/:pipelineId/stages'), 'objects', (call) => ({
    status: 200,
    body: { results: pipelineOf(parts, call).stages.map(stageAnswer) },
  }));
  api.route('GET', at('/:pipelineId/stages/:stageId'), 'objects', (call) => {
    const stage = pipelineOf(parts, call).stages.find((each) => each.id === call.params['stageId']);
    if (stage === undefined) throw resourceNotFound();
    return { status: 200, body: stageAnswer(stage) };
  });
  const users = versions('/settings/v3/users/:userId', (version) => `/settings/users/${version}/:userId`);
  api.route('GET', users, 'objects', (call) => readUser(parts, call));
  const details = versions('/account-info/v3/details', (version) => `/account-info/${version}/details`);
  api.route('GET', details, 'objects', (call) => ({ status: 200, body: accountDetails(parts, call.portal) }));
  const uninstall = versions(
    '/appinstalls/v3/external-install',
    (version) => `/appinstalls/${version}/external-install`,
  );
  api.route('DELETE', uninstall, 'objects', (call) => {
    requireScope(call, 'oauth');
    parts.tokens.uninstall(call.portal.id);
    return { status: 204 };
  });
}

function requireOwnersScope(call: Call): void {
  if (!call.scopes.has('crm.objects.owners.read')) throw missingOwnersScope();
}

/** `email` selects one owner. Archived owners are returned only on request, and then alone. */
function listOwners(parts: Parts, call: Call): Answer {
  requireOwnersScope(call);
  const limit = call.query.number('limit', 100, { min: 1, max: 100 });
  const after = call.query.number('after', 0, { min: 0, max: Number.MAX_SAFE_INTEGER });
  const archived = call.query.flag('archived');
  const email = call.query.text('email')?.toLowerCase();
  const found = parts.crm.catalogue
    .owners(call.portal.id)
    .filter((owner) => owner.archived === archived && Number(owner.id) > after)
    .filter((owner) => email === undefined || email === '' || owner.email.toLowerCase() === email);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    status: 200,
    body: {
      results: page.map(ownerAnswer),
      ...(found.length > limit && last !== undefined
        ? {
            paging: { next: { after: last.id, link: `${parts.origin()}${call.path}?limit=${limit}&after=${last.id}` } },
          }
        : {}),
    },
  };
}

function readOwner(parts: Parts, call: Call): Answer {
  requireOwnersScope(call);
  const wanted = call.params['ownerId'] ?? '';
  const byUser = call.query.text('idProperty') === 'userId';
  const owner = parts.crm.catalogue
    .owners(call.portal.id)
    .find(
      (each) => (byUser ? String(each.userId) : each.id) === wanted && each.archived === call.query.flag('archived'),
    );
  if (owner === undefined) throw resourceNotFound();
  return { status: 200, body: ownerAnswer(owner) };
}

/** In the sandbox, a user who may install apps is a Super Admin. */
function readUser(parts: Parts, call: Call): Answer {
  requireScope(call, 'settings.users.read', 'crm.objects.users.read');
  const wanted = call.params['userId'] ?? '';
  const byEmail = call.query.text('idProperty') === 'EMAIL';
  const user = parts.crm.catalogue
    .users(call.portal.id)
    .find((each) => (byEmail ? each.email : String(each.id)) === wanted);
  if (user === undefined) throw resourceNotFound();
  const [firstName = '', ...lastNames] = user.name.split(' ');
  const body = { id: String(user.id), email: user.email, firstName, lastName: lastNames.join(' ') };
  return { status: 200, body: { ...body, roleIds: [], superAdmin: user.mayInstall } };
}

/** A deactivated user no longer has a userId, only userIdIncludingInactive. */
function ownerAnswer(owner: SandboxOwner) {
  return {
    id: owner.id,
    email: owner.email,
    type: 'PERSON',
    firstName: owner.firstName,
    lastName: owner.lastName,
    ...(owner.archived ? {} : { userId: owner.userId }),
    userIdIncludingInactive: owner.userId,
    createdAt: instantText(owner.createdAt),
    updatedAt: instantText(owner.updatedAt),
    archived: owner.archived,
  };
}

function pipelinesOf(parts: Parts, call: Call): SandboxPipeline[] {
  const type = typeOf(parts, call);
  requireScope(call, type.readScope);
  if (type.typeId !== '0-3' && type.typeId !== '0-5' && type.kind !== 'custom') {
    throw validationError(`${type.plural} have no pipelines`);
  }
  return parts.crm.catalogue.pipelines(call.portal.id, type.typeId);
}

function pipelineOf(parts: Parts, call: Call): SandboxPipeline {
  const found = pipelinesOf(parts, call).find((each) => each.id === call.params['pipelineId']);
  if (found === undefined) throw resourceNotFound();
  return found;
}

const EPOCH = '1970-01-01T00:00:00Z';

function pipelineAnswer(pipeline: SandboxPipeline) {
  return {
    label: pipeline.label,
    displayOrder: pipeline.displayOrder,
    id: pipeline.id,
    stages: pipeline.stages.map(stageAnswer),
    createdAt: EPOCH,
    updatedAt: EPOCH,
    archived: false,
  };
}

function stageAnswer(stage: SandboxStage) {
  return {
    label: stage.label,
    displayOrder: stage.displayOrder,
    metadata: {
      isClosed: String(stage.isClosed),
      ...(stage.probability === null ? {} : { probability: stage.probability }),
    },
    id: stage.id,
    createdAt: EPOCH,
    updatedAt: EPOCH,
    writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
    archived: false,
  };
}

function accountDetails(parts: Parts, portal: SandboxPortal) {
  const minutes = offsetMinutes(portal.timeZone);
  const sign = minutes < 0 ? '-' : '+';
  return {
    portalId: portal.id,
    accountType: portal.accountType,
    timeZone: portal.timeZone,
    companyCurrency: portal.currency,
    additionalCurrencies: [],
    utcOffset: `${sign}${twoDigits(Math.abs(minutes) / 60)}:${twoDigits(Math.abs(minutes) % 60)}`,
    utcOffsetMilliseconds: minutes * 60_000,
    // The account's pages are the sandbox's own, unless a move named another host.
    uiDomain: portal.uiDomain ?? new URL(parts.origin()).host,
    dataHostingLocation: portal.dataHostingLocation,
  };
}

function offsetMinutes(timeZone: string): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(new Date())
    .find((part) => part.type === 'timeZoneName')?.value;
  const found = /GMT(?<sign>[+-])(?<hours>\d{2}):(?<minutes>\d{2})/u.exec(name ?? '')?.groups;
  if (found === undefined) return 0;
  const total = Number(found['hours']) * 60 + Number(found['minutes']);
  return found['sign'] === '-' ? -total : total;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
