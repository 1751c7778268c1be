import { z } from 'zod';
import { ROLES, SCOPES } from '../store/access/scopes';

const isName = { error: 'must be 1 to 100 visible characters' };
const isEmail = { error: 'must be an e-mail address, for example ana@northwind.example' };

/** The name of a thing or a person. */
export const visibleName = z
  .string(isName)
  .trim()
  .min(1, isName)
  .max(100, isName)
  .refine((text) => !/\p{Cc}/u.test(text), isName);

const email = z.string(isEmail).trim().toLowerCase().max(254, isEmail).pipe(z.email(isEmail));

/** An invitation, from the form on the page. */
export const invitationInput = z.strictObject({ email, name: visibleName.nullable(), role: z.enum(ROLES) });

/**
 * The member that a sign-in link of the API is for: the one who created the key. Without it, the link is not bound to a
 * member.
 */
export const sessionInput = z
  .strictObject({ email: email.optional(), name: visibleName.optional() }, { error: 'must be an object' })
  .refine(({ email: address, name }) => name === undefined || address !== undefined, {
    path: ['email'],
    error: 'is required with a name, because it identifies the person',
  })
  .nullish()
  .meta({ id: 'SignInFor' });

const isScopes = { error: `must be a list with at least one of ${SCOPES.join(', ')}` };
const isFuture = { error: 'must be a time in the future, for example 2027-06-30T00:00:00Z' };
/** Later years are typing errors. */
const LAST_YEAR = 2100;

/** A new API key. */
export const apiKeyInput = z
  .strictObject(
    {
      name: visibleName,
      scopes: z
        .array(z.enum(SCOPES, isScopes), isScopes)
        .min(1, isScopes)
        .max(SCOPES.length, isScopes)
        .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope)))
        .optional(),
      expiresAt: z.iso
        .datetime({ offset: true, ...isFuture })
        .transform((text) => new Date(text))
        .refine((time) => time > new Date() && time.getUTCFullYear() <= LAST_YEAR, isFuture)
        .nullable()
        .optional(),
    },
    { error: 'must be an object such as {"name": "pipeline", "scopes": ["meetings:write"]}' },
  )
  .meta({ id: 'NewApiKey' });
