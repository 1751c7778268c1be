/**
 * Runs a command that needs Temporal, and says in a sentence when it cannot be reached: the SDK's own words name neither
 * the variable nor the address.
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
