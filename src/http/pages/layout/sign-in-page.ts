import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../../dependencies';
import { loadAgain, renderBarePage } from './render';
import { csrfToken } from './session';
import type { FilledView } from './view';

/** A page that lets a person sign in. */
interface SignInPage {
  /** The status of the answer. */
  readonly status: number;
  readonly heading: string;
  /** Why it is shown. Both may be empty. */
  readonly message: string;
  readonly action: string;
  /** The address that the person typed, and why it does not lead on. */
  readonly email?: TypedEmail;
}

interface TypedEmail {
  readonly text: string;
  readonly error: string | null;
}

interface SignInModel extends Omit<SignInPage, 'status'> {
  readonly email: TypedEmail;
  readonly signInUrl: string;
}

const signInView = (model: SignInModel): FilledView => ({ template: 'sign-in', model });

/** Renders the page with every way to sign in. It reads nothing that could be unavailable. */
export async function renderSignIn(
  deps: Pick<HttpDependencies, 'config'>,
  { status, email = { text: '', error: null }, ...words }: SignInPage,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const model: SignInModel = {
    ...words,
    email,
    signInUrl: `${deps.config.publicUrl}/api/v1/sessions`,
  };
  loadAgain(reply, status);
  const page = { view: signInView(model), title: words.heading, csrf: csrfToken(reply, request.session) };
  return await renderBarePage(deps, page, reply.code(status));
}
