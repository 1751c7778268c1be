import { prettyFactory } from 'pino-pretty';

const COLOURS = { worker: 36, server: 32, sandbox: 35 } as const;

/** A part whose output `dev` keeps and prints. */
export type Part = keyof typeof COLOURS;

export interface OutputOptions {
  readonly part: Part;
  /** Receives every line unchanged. */
  readonly keep: (line: string) => void;
  /** Receives what a person should read. */
  readonly print: (line: string) => void;
  readonly colour: boolean;
  /** Prints every line. Otherwise only warnings and errors of the log, without their stacks. */
  readonly verbose: boolean;
}

/** Handles the output of a part: all of it goes to its log file, and warnings to the console too. */
export function outputOf({ part, keep, print, colour, verbose }: OutputOptions): (line: string) => void {
  const pretty = prettyFactory({
    colorize: colour,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: `pid,hostname,name${verbose ? '' : ',error,err,stack'}`,
    ...(verbose ? {} : { minimumLevel: 'warn', messageFormat: '{msg}{if error.message}: {error.message}{end}' }),
  });
  const label = colour ? `\u001B[${COLOURS[part]}m[${part}]\u001B[0m` : `[${part}]`;
  return (line) => {
    keep(line);
    const isLog = line.startsWith('{"level":');
    if (!isLog && !verbose) return;
    // Undefined for a line below the level.
    const text: string | undefined = isLog ? pretty(line) : line;
    for (const one of (text ?? '').trimEnd().split('\n')) if (one !== '') print(`${label} ${one}`);
  };
}
