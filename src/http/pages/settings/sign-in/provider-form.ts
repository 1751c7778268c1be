import { z } from 'zod';
import { message } from '../../../../languages/text';
import { ROLES } from '../../../../store/access/scopes';
import { isFreeMailDomain } from '../../../../meeting/people/domains';

const isText = { error: message('It must be 1 to 200 visible characters.') };
const visible = z
  .string()
  .trim()
  .min(1, isText)
  .max(200, isText)
  .refine((text) => !/\p{Cc}/u.test(text), isText);

/** The lines of a text area, or the parts between commas. */
const parts = (text: string) =>
  text
    .split(/[\n,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const domains = z
  .string()
  .transform((text) => [...new Set(parts(text.toLowerCase()).map((domain) => domain.replace(/^@/, '')))])
  .refine((list) => list.length > 0 && list.length <= 20, {
    error: message('It must be 1 to 20 domains, for example northwind.example.'),
  })
  .refine((list) => list.every((domain) => /^(?:[a-z\d-]+\.)+[a-z\d-]{2,}$/.test(domain) && domain.length <= 253), {
    error: message('It must be 1 to 20 domains, for example northwind.example.'),
  })
  .refine((list) => !list.some((domain) => isFreeMailDomain(domain)), {
    error: message('Everyone can have an address at a provider of free mail. Use the domains of your company.'),
  });

const notAMapping = { error: message('Each line must be a group and a role: sales = operator.') };
const groupRoles = z
  .string()
  .transform((text) => text.split('\n').filter((line) => line.trim() !== ''))
  .refine((lines) => lines.length <= 100 && lines.every((line) => mappingOf(line) !== null), notAMapping)
  .transform((lines) => Object.fromEntries(lines.flatMap((line) => [mappingOf(line) ?? []].filter(isPair))));

const isIssuer = { error: message('It must be an https address, as your provider names its issuer.') };

/** The form for the provider of a workspace. */
export const providerInput = z.object({
  issuer: z
    .string()
    .trim()
    .max(500, isIssuer)
    .refine((text) => URL.canParse(text) && !/[?#]/.test(text), isIssuer),
  clientId: visible,
  /** Empty: keeps the one that is stored. */
  clientSecret: z.string().trim().max(500, isText),
  domains,
  groupsClaim: visible,
  groupRoles,
  defaultRole: z.enum(['', ...ROLES]).transform((role) => (role === '' ? null : role)),
});

export type ProviderInput = z.output<typeof providerInput>;

/** A line such as `sales = operator`. A group may contain equals signs. */
function mappingOf(line: string): [string, string] | null {
  const at = line.lastIndexOf('=');
  const [group, role] = [
    line.slice(0, Math.max(0, at)).trim(),
    line
      .slice(at + 1)
      .trim()
      .toLowerCase(),
  ];
  return group === '' || !ROLES.some((each) => each === role) ? null : [group, role];
}

function isPair(pair: readonly string[]): pair is [string, string] {
  return pair.length === 2;
}

/** What a person sees of a mapping. */
export function mappingLines(roles: Readonly<Record<string, string>>): string {
  return Object.entries(roles)
    .map(([group, role]) => `${group} = ${role}`)
    .join('\n');
}
