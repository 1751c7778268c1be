import { z } from 'zod';

const readyLine = z.object({
  msg: z.enum(['server ready', 'worker ready']),
  port: z.number().optional(),
  metricsPort: z.number(),
});

/** The ports that a server or worker is bound to. The worker has no port of its own. */
export type ReadyLine = { readonly port: number; readonly metricsPort: number };

/** Reads a line of a program's log. Null: it is not the one that names its ports. */
export function readReadyLine(line: string): ReadyLine | null {
  if (!line.includes(' ready"')) return null;
  const parsed = readyLine.safeParse(JSON.parse(line));
  return parsed.success ? { port: parsed.data.port ?? 0, metricsPort: parsed.data.metricsPort } : null;
}
