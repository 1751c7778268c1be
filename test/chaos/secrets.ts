/** Collects the tokens that are sent over the network, so that a test can check that they appear nowhere else. */
export class TokenWatch {
  readonly #tokens = new Set<string>();

  readonly watch = (bytes: Buffer): void => {
    const text = bytes.toString('latin1');
    for (const [, token] of text.matchAll(/authorization: Bearer ([\w.-]{20,})/gi)) this.#add(token);
    for (const [, token] of text.matchAll(/"(?:access|refresh)_token":"([^"]{20,})"/g)) this.#add(token);
    for (const [, token] of text.matchAll(/refresh_token=([\w.-]{20,})/g)) this.#add(token);
  };

  get size(): number {
    return this.#tokens.size;
  }

  /** @returns the tokens that a text contains, truncated */
  foundIn(text: string): string[] {
    return [...this.#tokens].filter((token) => text.includes(token)).map((token) => `${token.slice(0, 8)}…`);
  }

  #add(token: string | undefined): void {
    if (token !== undefined) this.#tokens.add(token);
  }
}
