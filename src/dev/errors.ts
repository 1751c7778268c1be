/**
 * A start that cannot go on, told in one sentence that says what to do. `dev` prints the message without a stack and
 * ends with exit code 1.
 */
export class DevError extends Error {
  override readonly name = 'DevError';
}

/** A program ended while starting because another one listens on its port. */
export class PortTakenError extends DevError {
  /** @param port - null when the program did not name it */
  constructor(
    message: string,
    readonly port: number | null,
  ) {
    super(message);
  }
}

/** Message of whatever was thrown, for sentences that quote it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `code` of a Node or PostgreSQL error, such as `ENOENT` or `28P01`. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
