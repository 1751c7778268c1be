import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../dependencies';
import { logFault } from '../errors';
import { PROBLEMS, type ProblemError } from '../problems';
import { takeFlash, type Flash } from './flash';
import type { MeetingPageModel, MeetingsPageModel } from './meeting-models';
import { csrfToken } from './session';
import type { DisconnectPageModel, SettingsPageModel } from './settings-models';

/** What each view is given, besides the {@link Frame}. Views escape everything they print. */
interface Views {
  'settings-integrations': SettingsPageModel;
  'disconnect-hubspot': DisconnectPageModel;
  meetings: MeetingsPageModel;
  meeting: MeetingPageModel;
}

/** What the views without a session are given. */
interface BareViews {
  message: MessageModel & { readonly signInUrl: string };
  problems: {
    readonly problems: readonly {
      readonly code: string;
      readonly status: number;
      readonly title: string;
      readonly solution: string;
    }[];
  };
}

interface MessageModel {
  readonly heading: string;
  readonly message: string;
  readonly action: string;
  /** Whether the page says how a sign-in link is made. */
  readonly howToSignIn: boolean;
}

export type Section = 'meetings' | 'settings' | null;

/** What the layout around every page shows. */
interface Frame {
  /** The path of PUBLIC_URL, before every address. */
  readonly base: string;
  readonly title: string;
  readonly section: Section;
  readonly workspaceName: string | null;
  readonly csrf: string;
  readonly flash: Flash | null;
}

/** The path that PUBLIC_URL begins with, without a slash at its end; usually empty. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/** Answers a page of a signed-in browser. */
export async function renderPage<View extends keyof Views>(
  { config: { publicUrl } }: Pick<HttpDependencies, 'config'>,
  page: { readonly view: View; readonly title: string; readonly section: Section; readonly model: Views[View] },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { session } = request;
  const frame: Frame = {
    base: basePath(publicUrl),
    title: page.title,
    section: page.section,
    workspaceName: session?.workspaceName ?? null,
    csrf: session === null ? '' : csrfToken(reply, session),
    flash: takeFlash(request, reply, publicUrl),
  };
  return await reply.view(page.view, { ...page.model, ...frame });
}

/** Answers a page that needs no session, and nothing else that may be away. */
export async function renderBarePage<View extends keyof BareViews>(
  { config: { publicUrl } }: Pick<HttpDependencies, 'config'>,
  page: { readonly view: View; readonly title: string; readonly model: BareViews[View] },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const frame: Frame = {
    base: basePath(publicUrl),
    title: page.title,
    section: null,
    workspaceName: null,
    csrf: '',
    flash: null,
  };
  return await reply.view(page.view, { ...page.model, ...frame });
}

/** Answers a page that says what happened and what to do. */
export async function renderMessage(
  deps: Pick<HttpDependencies, 'config'>,
  { status, ...message }: { readonly status: number } & MessageModel,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const model = { ...message, signInUrl: `${deps.config.publicUrl}/api/v1/sessions` };
  return await renderBarePage(deps, { view: 'message', title: message.heading, model }, reply.code(status));
}

/** Answers a problem as a page. */
export async function renderErrorPage(
  deps: Pick<HttpDependencies, 'config'>,
  problem: ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
  cause: unknown = problem,
): Promise<FastifyReply> {
  logFault(cause, problem, request);
  const { status, title } = PROBLEMS[problem.code];
  reply.headers(problem.headers);
  const page = {
    status,
    heading: title,
    message: problem.message,
    action: pageAdvice(problem, request.id),
    howToSignIn: false,
  };
  return await renderMessage(deps, page, reply);
}

function pageAdvice({ code }: ProblemError, reference: string): string {
  switch (code) {
    case 'form-expired':
      return 'Go back, load the page again, and press the button once more.';
    case 'database-unavailable':
      return 'Load this page again in a few seconds.';
    case 'internal-error':
      return `Load this page again; if it stays, tell whoever runs this installation the reference ${reference}.`;
    default:
      return 'Check the address, or begin at the start page.';
  }
}
