import type { Sandbox } from '../../../sandbox/sandbox';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  // Answers have many shapes. Each test states what it expects.
  body: unknown;
}

export type Caller = (method: string, path: string, body?: unknown) => Promise<Reply>;

/** Calls the sandbox's API with a token for all scopes, or for those given. */
export function caller(
  sandbox: Sandbox,
  options: { portalId?: number; scopes?: string[]; token?: string } = {},
): Caller {
  const token =
    options.token ?? sandbox.tokens.issue({ portalId: options.portalId, scopes: options.scopes }).accessToken;
  return async (method, path, body) => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return replyOf(response);
  };
}

export async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a path of keys, such as `at(reply.body, 'results', 0, 'id')`. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}

export function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`No text at ${path.join('.')} of ${JSON.stringify(value)}`);
  return found;
}

export function listAt(value: unknown, ...path: (string | number)[]): unknown[] {
  const found = at(value, ...path);
  if (!Array.isArray(found)) throw new Error(`No list at ${path.join('.')} of ${JSON.stringify(value)}`);
  return found;
}

/** The contact of the demo account with this primary address. */
export function contactId(sandbox: Sandbox, email: string): string {
  const found = sandbox.crm.list('contacts').find((contact) => contact.properties['email'] === email);
  if (found === undefined) throw new Error(`The demo account has no contact ${email}`);
  return found.id;
}

export function companyId(sandbox: Sandbox, name: string): string {
  const found = sandbox.crm.list('companies').find((company) => company.properties['name'] === name);
  if (found === undefined) throw new Error(`The demo account has no company ${name}`);
  return found.id;
}

export function hubspotDefined(associationTypeId: number) {
  return [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }];
}
