/**
 * A start that cannot continue. The message is one sentence that says what to do. `dev` prints it without a stack trace
 * and exits with code 1.
 */
export class DevError extends Error {
  override readonly name = 'DevError';
}

/** A program exited during its start because another program listens on its port. */
export class PortTakenError extends DevError {
  /** @param port - null when the output of the program does not name it */
  constructor(
    message: string,
    readonly port: number | null,
  ) {
    super(message);
  }
}

/** The message of a thrown value, for sentences that quote it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node or PostgreSQL error, such as `ENOENT` or `28P01`. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
