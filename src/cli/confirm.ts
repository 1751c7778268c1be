import { createInterface } from 'node:readline/promises';

/**
 * Asks a question on the terminal.
 *
 * @param otherwise - what to do where there is no terminal, for the error message
 * @throws Error without a terminal
 */
export async function answerTo(question: string, otherwise: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Error(`There is no terminal to confirm on: ${otherwise}.`);
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await ask.question(question)).trim();
  } finally {
    ask.close();
  }
}
