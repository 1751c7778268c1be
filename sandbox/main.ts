import { z } from 'zod';
import { startSandbox } from './sandbox';

const environment = z.object({
  SANDBOX_PORT: z
    .string()
    .regex(/^\d{1,5}$/u, 'must be a port number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a port number from 0 to 65535')
    .default(4010),
  INSTANCE_ID: z.string().min(1).optional(),
  SANDBOX_DATA: z.string().min(1).optional(),
  SANDBOX_CLIENT_ID: z.string().min(1).default('sandbox-client'),
  SANDBOX_CLIENT_SECRET: z.string().min(1).default('sandbox-secret'),
  SANDBOX_WEBHOOK_URL: z
    .url({
      protocol: /^https?$/u,
      error: 'must be an http or https address, such as http://127.0.0.1:3000/webhooks/hubspot',
    })
    .optional(),
});

async function main(): Promise<number | null> {
  const parsed = environment.safeParse(process.env);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) process.stderr.write(`${issue.path.join('.')}: ${issue.message}\n`);
    return 78;
  }
  const options = parsed.data;
  try {
    const sandbox = await startSandbox({
      port: options.SANDBOX_PORT,
      ...(options.INSTANCE_ID === undefined ? {} : { instanceId: options.INSTANCE_ID }),
      clientId: options.SANDBOX_CLIENT_ID,
      clientSecret: options.SANDBOX_CLIENT_SECRET,
      ...(options.SANDBOX_DATA === undefined ? {} : { dataFile: options.SANDBOX_DATA }),
      ...(options.SANDBOX_WEBHOOK_URL === undefined ? {} : { webhooks: { targetUrl: options.SANDBOX_WEBHOOK_URL } }),
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
    process.stdout.write(`${JSON.stringify({ url: sandbox.url })}\n`);
    return null;
  } catch (error) {
    process.stderr.write(`${startFailure(error, options.SANDBOX_PORT)}\n`);
    return 1;
  }
}

function startFailure(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use: set SANDBOX_PORT to a free one, or to 0 for any.`;
  }
  return `The sandbox could not start: ${error instanceof Error ? error.message : String(error)}`;
}

async function run(): Promise<void> {
  const code = await main();
  if (code !== null) process.exitCode = code;
}

void run();
