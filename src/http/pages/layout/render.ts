import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../../../store/access/sessions';
import type { HttpDependencies } from '../../dependencies';
import { assetPath } from '../../plumbing/assets';
import { takeFlash, type Flash } from './flash';
import { isPoll } from './polls';
import { isSeen, shownBanners, versionOf, type ShownBanners } from './live';
import { loadShell, type Shell } from './shell';
import { csrfToken } from './session';
import { languageChoice, type LanguageChoice } from './languages';
import type { FilledView } from './view';

interface MessageModel {
  readonly heading: string;
  readonly message: string;
  readonly action: string;
  /** For a person without an account here. The page has no links to other pages. */
  readonly guest?: boolean;
}

const messageView = (model: MessageModel): FilledView => ({ template: 'message', model });

export type Section = 'overview' | 'meetings' | 'analytics' | 'settings' | null;

/** What a page offers. The access rules of the routes decide; this hides what they would refuse. */
interface Can {
  /** Run syncs again, link, review. */
  readonly write: boolean;
  /** Change settings, the connection, keys and people. */
  readonly admin: boolean;
}

/** Pages of an admin. */
const ADMIN_PATH = /^\/(?:settings|integrations)\//;

/** The model of the layout around every page. */
interface Frame {
  /** The path of PUBLIC_URL, which precedes every path. */
  readonly base: string;
  readonly languages: LanguageChoice;
  readonly title: string;
  readonly section: Section;
  readonly workspaceName: string | null;
  /** The signed-in member; null for an unnamed session. */
  readonly memberName: string | null;
  readonly can: Can;
  /** Whether a link to a path below `base` leads to a page that the person may open. */
  readonly opens: (path: string) => boolean;
  readonly csrf: string;
  readonly flash: Flash | null;
  /** Navigation, connection and banners; null for a browser that is not signed in. */
  readonly shell: Shell | null;
  readonly banners: ShownBanners;
  /** The address to poll for changes of the shell on a page that does not poll for its own. */
  readonly follow: string;
  /** The path of an asset with its version, below `base`. */
  readonly asset: (name: string) => string;
  /** The address to poll for changes; null when the page does not change. */
  readonly live: string | null;
  /** Seconds between two polls. */
  readonly liveSeconds: number;
  /** Whether the page needs htmx, for polling or for its own parts. */
  readonly htmx: boolean;
}

/** What a page without changes of its own polls: the state of the connection, and the banners. */
export const FOLLOW_PATH = '/follow';
const NOTHING = {};
/** The view of {@link FOLLOW_PATH}. */
export const followView: FilledView = { template: 'shell/follow', model: NOTHING };

/** The default for a page that polls. */
const LIVE_SECONDS = 2;

/** The path of PUBLIC_URL, without a trailing slash; usually empty. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/**
 * Renders a page for a signed-in browser, or one whose form needs no session.
 *
 * @param page - `live`: the page's own path and query, to poll it for changes; null when it no longer changes.
 *   `everySeconds`: `@default 2`. `htmx`: a script loads parts of the page
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
    /** For a person without an account here. The page has no links to other pages. */
    readonly guest?: boolean;
  },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { session } = request;
  const { live = null, guest = false } = page;
  const shell = session === null || guest ? null : await loadShell(db, session.workspaceId);
  const can = canOf(session);
  const seen = versionOf({ shell, can, model: page.view.model });
  const banners = shownBanners(request, shell?.banners ?? []);
  const pollOf = (path: string, query: Readonly<Record<string, string>>) =>
    `${basePath(publicUrl)}${path}?${new URLSearchParams({ ...query, first: banners.first }).toString()}`;
  if (isSeen(request, seen)) return await reply.code(204).send();
  const frame: Frame = {
    base: basePath(publicUrl),
    languages: languageChoice(request),
    title: page.title,
    section: page.section,
    workspaceName: guest ? null : (session?.workspaceName ?? null),
    memberName: session?.member?.name ?? session?.member?.email ?? null,
    can,
    opens: (path) => can.admin || !ADMIN_PATH.test(path),
    csrf: csrfToken(reply, session),
    // Only a page that a person opens shows the message. A poll would consume it unseen.
    flash: isPoll(request) ? null : takeFlash(request, reply, publicUrl),
    shell,
    banners,
    asset: assetPath,
    follow: pollOf(FOLLOW_PATH, { seen: versionOf({ shell, can, model: NOTHING }) }),
    live: live === null ? null : pollOf(live.path, { ...live.query, seen }),
    liveSeconds: live?.everySeconds ?? LIVE_SECONDS,
    htmx: shell !== null || page.htmx === true,
  };
  return await reply.view(page.view.template, { ...page.view.model, ...frame });
}

function canOf(session: Session | null): Can {
  const scopes = session?.scopes ?? [];
  return { write: scopes.includes('meetings:write'), admin: scopes.includes('admin') };
}

/**
 * Renders a page without a session, and without any service that could be unavailable.
 *
 * @param page - `csrf`: the token of its forms (`@default` none: it has no form)
 */
export async function renderBarePage(
  { config: { publicUrl } }: Pick<HttpDependencies, 'config'>,
  page: { readonly view: FilledView; readonly title: string; readonly csrf?: string },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const frame: Frame = {
    base: basePath(publicUrl),
    languages: languageChoice(reply.request),
    title: page.title,
    section: null,
    workspaceName: null,
    memberName: null,
    can: canOf(null),
    opens: () => true,
    csrf: page.csrf ?? '',
    flash: null,
    shell: null,
    banners: { first: '', late: false, solved: false },
    asset: assetPath,
    follow: '',
    live: null,
    liveSeconds: LIVE_SECONDS,
    htmx: false,
  };
  return await reply.view(page.view.template, { ...page.view.model, ...frame });
}

/** Renders a page that says what happened and what to do. */
export async function renderMessage(
  deps: Pick<HttpDependencies, 'config'>,
  { status, ...message }: { readonly status: number } & MessageModel,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const model = { guest: false, ...message };
  loadAgain(reply, status);
  return await renderBarePage(deps, { view: messageView(model), title: message.heading }, reply.code(status));
}

/**
 * Makes an open page that polls load its address again, so that it shows the reason: it no longer exists, or the browser
 * is signed out.
 */
export function loadAgain(reply: FastifyReply, status: number): void {
  if (isPoll(reply.request) && status < 500) reply.header('hx-refresh', 'true');
}
