import { openSync, writeSync } from 'node:fs';

/**
 * Opens a log file for a program that `dev` starts, empty and readable by its owner only.
 *
 * @returns a function that appends a line. It never throws: a full disk must not end the process that restarts the
 *   others
 */
export function openLogFile(path: string): (line: string) => void {
  const file = openSync(path, 'w', 0o600);
  return (line) => {
    try {
      writeSync(file, `${line}\n`);
    } catch {
      // The disk is full, so this line is lost.
    }
  };
}
