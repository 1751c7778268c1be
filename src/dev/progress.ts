/** Progress output of a start. */
export interface Progress {
  /** Prints one line unchanged. */
  say(text: string): void;
  /** Runs one step. Prints its duration when it ends, and a line every ten seconds until then. */
  step<T>(title: string, run: (update: (detail: string) => void) => Promise<T>): Promise<T>;
}

const STILL_EVERY_MS = 10_000;

/**
 * Prints the first detail of a step at once and later ones only with the periodic line: a download reports hundreds.
 */
export function linesTo(write: (line: string) => void): Progress {
  let hasFailed = false;
  return {
    say: write,
    async step(title, run) {
      const startedAt = performance.now();
      const seconds = () => (performance.now() - startedAt) / 1000;
      let detail = '';
      const still = setInterval(
        () => write(`  ${title}: ${detail === '' ? 'in progress' : detail} (${seconds().toFixed(0)} s so far)`),
        STILL_EVERY_MS,
      );
      try {
        const result = await run((text) => {
          if (detail === '' && text !== '') write(`  ${title}: ${text}`);
          detail = text;
        });
        write(`✓ ${title} (${seconds().toFixed(1)} s)`);
        return result;
      } catch (error) {
        // The caller that ends the program prints the error, once. The steps beside it are only abandoned.
        if (!hasFailed) write(`✗ ${title} (${seconds().toFixed(1)} s)`);
        hasFailed = true;
        throw error;
      } finally {
        clearInterval(still);
      }
    },
  };
}
