import { prettyFactory } from 'pino-pretty';

const COLOURS = { worker: 36, server: 32, sandbox: 35 } as const;

/** A part whose output `dev` prints. */
export type Part = keyof typeof COLOURS;

/** Prints the output of a part, each line prefixed with its name. Pino's JSON lines become readable text. */
export function printerOf(part: Part, write: (line: string) => void, colour: boolean): (line: string) => void {
  const pretty = prettyFactory({
    colorize: colour,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,name',
  });
  const label = colour ? `\u001B[${COLOURS[part]}m[${part}]\u001B[0m` : `[${part}]`;
  return (line) => {
    const text = line.startsWith('{"level":') ? pretty(line).trimEnd() : line;
    for (const one of text.split('\n')) write(`${label} ${one}`);
  };
}
