import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { cookieNames, signedCookie } from './session';

const flash = z.object({
  kind: z.enum(['success', 'error']),
  message: z.string(),
  action: z.string(),
  /** A page below PUBLIC_URL where the reader can go on. */
  link: z.object({ path: z.string(), text: z.string() }).optional(),
  /** A form below PUBLIC_URL that undoes what was done. */
  undo: z.object({ path: z.string(), fields: z.record(z.string(), z.string()) }).optional(),
});

/** The outcome of the last request, shown once on the next page. `action` may be empty. */
export type Flash = z.output<typeof flash>;

const MAX_AGE_SECONDS = 60;
/** Browsers drop cookies over 4 KiB, and HubSpot's messages may be long. */
const MAX_SENTENCE = 500;

/** Stores a message for the next page in a signed cookie. */
export function setFlash(reply: FastifyReply, publicUrl: string, { kind, message, action, link, undo }: Flash): void {
  const names = cookieNames(publicUrl);
  const text = JSON.stringify({
    kind,
    message: message.slice(0, MAX_SENTENCE),
    action: action.slice(0, MAX_SENTENCE),
    link,
    undo,
  });
  reply.setCookie(names.flash, Buffer.from(text).toString('base64url'), {
    ...names.options,
    maxAge: MAX_AGE_SECONDS,
    signed: true,
  });
}

/** Reads the message and clears its cookie, so that it is shown once. */
export function takeFlash(request: FastifyRequest, reply: FastifyReply, publicUrl: string): Flash | null {
  const names = cookieNames(publicUrl);
  if (request.cookies[names.flash] === undefined) return null;
  reply.clearCookie(names.flash, names.options);
  const value = signedCookie(request, names.flash);
  if (value === null) return null;
  return flash.parse(JSON.parse(Buffer.from(value, 'base64url').toString()));
}
