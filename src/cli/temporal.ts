/**
 * Runs a command that needs Temporal.
 *
 * @throws Error that says what to do when Temporal cannot be reached. The SDK's message names neither the variable nor
 *   the address
 */
export async function onTemporal<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TransportError') throw error;
    throw new Error(
      `Temporal cannot be reached: start it, or correct TEMPORAL_ADDRESS (or the profile that TEMPORAL_PROFILE names). ${error.message}`,
      { cause: error },
    );
  }
}
