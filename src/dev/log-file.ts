import { openSync, writeSync } from 'node:fs';

/**
 * Keeps the output of a program that `dev` starts, readable for its owner only.
 *
 * @returns takes a line; never throws, so that a full disk ends the programs on it and not the one that starts them again
 */
export function openLogFile(path: string): (line: string) => void {
  const file = openSync(path, 'w', 0o600);
  return (line) => {
    try {
      writeSync(file, `${line}\n`);
    } catch {
      // The disk is full: the line is lost, and the next one may fit again.
    }
  };
}
