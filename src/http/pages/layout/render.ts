import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../../dependencies';
import { logFault } from '../../plumbing/errors';
import { PROBLEMS, type ProblemError } from '../../plumbing/problems';
import { takeFlash, type Flash } from './flash';
import { isPoll, isSeen, versionOf } from './live';
import { noticesFor } from './notices';
import { csrfToken } from './session';
import type { FilledView } from './view';

interface MessageModel {
  readonly heading: string;
  readonly message: string;
  readonly action: string;
  /** Whether the page says how a sign-in link is made. */
  readonly howToSignIn: boolean;
  /** For somebody who has no account here: nothing leads on from the page. */
  readonly guest?: boolean;
}

const messageView = (model: MessageModel & { readonly signInUrl: string }): FilledView => ({
  template: 'message',
  model,
});

export type Section = 'meetings' | 'analytics' | 'settings' | null;

/** What the layout around every page shows. */
interface Frame {
  /** The path of PUBLIC_URL, before every address. */
  readonly base: string;
  readonly title: string;
  readonly section: Section;
  readonly workspaceName: string | null;
  /** Who is signed in, where they did by name. */
  readonly memberName: string | null;
  readonly csrf: string;
  readonly flash: Flash | null;
  /** Notices shown on every page: the sync service is not running, a backup was restored. */
  readonly notices: readonly string[];
  /** The address that tells whether the page is still up to date; null where it stays as it is. */
  readonly live: string | null;
  /** How often it asks. */
  readonly liveSeconds: number;
  /** Whether the page needs the script for more than keeping itself up to date. */
  readonly htmx: boolean;
}

/** Of a page on which something moves. */
const LIVE_SECONDS = 2;

/** The path that PUBLIC_URL begins with, without a slash at its end; usually empty. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/**
 * Answers a page of a signed-in browser, or one whose form needs no session.
 *
 * @param page - `live`: while what it shows is moving, its own path and query, where it asks for itself again, every two
 *   seconds unless it says otherwise; `htmx`: parts of it are loaded by script
 */
export async function renderPage(
  { config: { publicUrl }, db }: Pick<HttpDependencies, 'config' | 'db'>,
  page: {
    readonly view: FilledView;
    readonly title: string;
    readonly section: Section;
    readonly live?: {
      readonly path: string;
      readonly query?: Readonly<Record<string, string>>;
      readonly everySeconds?: number;
    } | null;
    readonly htmx?: boolean;
    /** For somebody who has no account here: nothing leads on from the page. */
    readonly guest?: boolean;
  },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { session } = request;
  const { live = null, guest = false } = page;
  const notices = session === null || guest ? [] : await noticesFor(db, session.workspaceId);
  const seen = versionOf({ notices, model: page.view.model });
  if (isSeen(request, seen)) return await reply.code(204).send();
  const frame: Frame = {
    base: basePath(publicUrl),
    title: page.title,
    section: page.section,
    workspaceName: guest ? null : (session?.workspaceName ?? null),
    memberName: session?.member?.name ?? session?.member?.email ?? null,
    csrf: csrfToken(reply, session),
    // Only what a person opens shows it: a poll would take it away unseen.
    flash: isPoll(request) ? null : takeFlash(request, reply, publicUrl),
    notices,
    live:
      live === null
        ? null
        : `${basePath(publicUrl)}${live.path}?${new URLSearchParams({ ...live.query, seen }).toString()}`,
    liveSeconds: live?.everySeconds ?? LIVE_SECONDS,
    htmx: live !== null || page.htmx === true,
  };
  return await reply.view(page.view.template, { ...page.view.model, ...frame });
}

/** Answers a page that needs no session, and nothing else that may be away. */
export async function renderBarePage(
  { config: { publicUrl } }: Pick<HttpDependencies, 'config'>,
  page: { readonly view: FilledView; readonly title: string },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const frame: Frame = {
    base: basePath(publicUrl),
    title: page.title,
    section: null,
    workspaceName: null,
    memberName: null,
    csrf: '',
    flash: null,
    notices: [],
    live: null,
    liveSeconds: LIVE_SECONDS,
    htmx: false,
  };
  return await reply.view(page.view.template, { ...page.view.model, ...frame });
}

/** Answers a page that says what happened and what to do. */
export async function renderMessage(
  deps: Pick<HttpDependencies, 'config'>,
  { status, ...message }: { readonly status: number } & MessageModel,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const model = { guest: false, ...message, signInUrl: `${deps.config.publicUrl}/api/v1/sessions` };
  // What a page asked for has gone, or nobody is signed in any more: the browser loads the address itself and says so.
  if (isPoll(reply.request) && status < 500) reply.header('hx-refresh', 'true');
  return await renderBarePage(deps, { view: messageView(model), title: message.heading }, reply.code(status));
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
    case 'encryption-key-missing':
      return 'Load this page again in a few seconds.';
    case 'internal-error':
      return `Load this page again; if it stays, tell the operator of this installation the reference ${reference}.`;
    default:
      return 'Check the address, or begin at the start page.';
  }
}
