import { z } from 'zod';

const readyLine = z.object({
  msg: z.enum(['server ready', 'worker ready']),
  port: z.number().optional(),
  metricsPort: z.number(),
});

/** The ports of a server or worker. A worker has only a metrics port, and `port` is 0. */
export type ReadyLine = { readonly port: number; readonly metricsPort: number };

/** Parses a line of a program's log. @returns null when it is not the line with the ports */
export function readReadyLine(line: string): ReadyLine | null {
  if (!line.includes(' ready"')) return null;
  const parsed = readyLine.safeParse(JSON.parse(line));
  return parsed.success ? { port: parsed.data.port ?? 0, metricsPort: parsed.data.metricsPort } : null;
}
