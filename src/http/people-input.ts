import { z } from 'zod';

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
export const invitationInput = z.strictObject({ email, name: visibleName.nullable() });

/** The person that a sign-in link of the API is for. Without it, the link is not bound to a member. */
export const sessionInput = z
  .strictObject({ email: email.optional(), name: visibleName.optional() }, { error: 'must be an object' })
  .refine(({ email: address, name }) => name === undefined || address !== undefined, {
    path: ['email'],
    error: 'is required with a name, because it identifies the person',
  })
  .nullish()
  .meta({ id: 'SignInFor' });

/** A new API key. */
export const apiKeyInput = z
  .strictObject({ name: visibleName }, { error: 'must be an object such as {"name": "pipeline"}' })
  .meta({ id: 'NewApiKey' });
