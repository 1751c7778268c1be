/** Lines for the person who waits. */
export interface Progress {
  /** One line, as it is. */
  say(text: string): void;
  /** Runs one step: a line when it ends, with its time, and one every ten seconds before that. */
  step<T>(title: string, run: (update: (detail: string) => void) => Promise<T>): Promise<T>;
}

const STILL_EVERY_MS = 10_000;

/** A detail tells its first news at once, then only with the "still" lines: a download has hundreds. */
export function linesTo(write: (line: string) => void): Progress {
  return {
    say: write,
    async step(title, run) {
      const startedAt = performance.now();
      const seconds = () => (performance.now() - startedAt) / 1000;
      let detail = '';
      const still = setInterval(
        () => write(`  ${title}: ${detail === '' ? 'still at it' : detail} (${seconds().toFixed(0)} s so far)`),
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
        // What went wrong is told once, by whoever ends the program.
        write(`✗ ${title} (${seconds().toFixed(1)} s)`);
        throw error;
      } finally {
        clearInterval(still);
      }
    },
  };
}
