/** Remembers what was computed for a key for some time, also while it is still being computed. */
export class Remembered<Value> {
  readonly #keptMs: number;
  readonly #values = new Map<string, { readonly at: number; readonly value: Promise<Value> }>();

  /** @param keptMs - for how long */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** The remembered value, or that of `compute`. A failure is not remembered. */
  async of(key: string, compute: () => Promise<Value>, now = Date.now()): Promise<Value> {
    for (const [known, { at }] of this.#values) if (now - at >= this.#keptMs) this.#values.delete(known);
    const known = this.#values.get(key);
    if (known !== undefined) return await known.value;
    const value = compute();
    this.#values.set(key, { at: now, value });
    try {
      return await value;
    } catch (error) {
      if (this.#values.get(key)?.value === value) this.#values.delete(key);
      throw error;
    }
  }
}
