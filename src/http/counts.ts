/** Counts what is in progress, by key. */
export class Counts {
  readonly #counts = new Map<string, number>();

  /** Counts one more. @returns false, without counting it, when there are `most` already */
  begin(key: string, most: number): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= most) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  /** Counts one less. Call it once for each {@link begin} that returned true. */
  end(key: string): void {
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left <= 0) this.#counts.delete(key);
    else this.#counts.set(key, left);
  }
}
