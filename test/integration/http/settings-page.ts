import type { LightMyRequestResponse } from 'fastify';
import { expect } from '@jest/globals';
import { Browser, type HttpStack } from './support';

export const SETTINGS = '/settings/integrations';
export const KEYS = '/settings/keys';
export const PEOPLE = '/settings/members';
export const DEVICES = '/settings/sessions';
export const CHANGES = '/settings/changes';
export const PUBLIC_URL = 'http://localhost:3000';

/** The settings pages of a signed-in person. */
export class SettingsPage {
  readonly #stack: HttpStack;
  readonly browser: Browser;

  constructor(stack: HttpStack, browser: Browser) {
    this.#stack = stack;
    this.browser = browser;
  }

  /** Sends a form of the pages. */
  async send(action: string, fields: Record<string, string> = {}, who = this.browser): Promise<LightMyRequestResponse> {
    const page = await who.open(action === KEYS ? KEYS : SETTINGS);
    const csrf = /name="_csrf" value="(?<token>[^"]+)"/.exec(page)?.groups?.['token'] ?? '';
    const id = /name="id" value="(?<id>[^"]+)"/.exec(page)?.groups?.['id'] ?? '';
    return await who.post(action, { _csrf: csrf, ...(action === KEYS ? { id } : {}), ...fields });
  }

  async makeKey(name: string): Promise<{ id: string; key: string }> {
    const key = secretOf((await this.send('/settings/keys', { name })).body);
    const { db } = this.#stack.product;
    const row = await db.selectFrom('api_keys').selectAll().where('name', '=', name).executeTakeFirst();
    return { id: row?.id ?? '', key };
  }

  /** Invites a member on the page and follows the link. */
  async joined(email: string, name = ''): Promise<{ id: string; browser: Browser }> {
    const link = secretOf((await this.send('/settings/members', { email, name })).body).replace(PUBLIC_URL, '');
    const member = new Browser(this.#stack.app);
    expect((await member.press(link, '/sign-in')).statusCode).toBe(303);
    const { db } = this.#stack.product;
    const row = await db.selectFrom('members').select('id').where('email', '=', email).executeTakeFirst();
    return { id: row?.id ?? '', browser: member };
  }
}

/** The secret that a page shows once. */
export function secretOf(body: string): string {
  return /<textarea id="secret"[^>]*>(?<secret>[^<]+)</.exec(body)?.groups?.['secret'] ?? '';
}
