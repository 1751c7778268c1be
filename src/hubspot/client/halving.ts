import { HubSpotError } from './errors';

/**
 * So many inputs refused one after the other, with none taken in between, mean that the batch itself is refused: the type
 * is gone, or a permission is missing. Asking for each of a hundred would cost two hundred calls.
 */
const REFUSED_ALONE = 16;

/** "Unable to infer object type from: 2-7000" (R065): no input is at fault. */
function isAboutType({ said }: HubSpotError): boolean {
  return /infer object type/i.test(said);
}

/**
 * Sends a batch; one that HubSpot refuses is sent again in halves until the inputs that it does not take are alone. Those
 * get the refusal, their neighbours their answers. With one such input among a hundred that takes 15 calls.
 *
 * @param send - one HubSpot call; answers every input, at its position
 * @param slot - waits for the limit before each further call
 * @throws what `send` throws, unless it is a refusal
 */
export async function inHalves<Input, Output>(
  inputs: readonly Input[],
  send: (inputs: readonly Input[]) => Promise<readonly (Output | Error)[]>,
  slot: () => Promise<void>,
): Promise<(Output | Error)[]> {
  let refusedAlone = 0;
  return await part(inputs, () => Promise.resolve());

  async function part(some: readonly Input[], before: () => Promise<void>): Promise<(Output | Error)[]> {
    await before();
    try {
      const answers = [...(await send(some))];
      refusedAlone = -Infinity;
      return answers;
    } catch (error) {
      if (!(error instanceof HubSpotError) || error.decision.do !== 'refused') throw error;
      if (some.length === 1) refusedAlone += 1;
      if (some.length === 1 || refusedAlone >= REFUSED_ALONE || isAboutType(error)) return some.map(() => error);
      const middle = Math.ceil(some.length / 2);
      // One after the other: in parallel they would use up the account's limit before anything is known.
      const first = await rest(some.slice(0, middle));
      return [...first, ...(await rest(some.slice(middle)))];
    }
  }

  /** What stops a half (a limit, silence) stops that half only: the other one has its answers. */
  async function rest(half: readonly Input[]): Promise<(Output | Error)[]> {
    try {
      return await part(half, slot);
    } catch (error) {
      return half.map(() => (error instanceof Error ? error : new Error(String(error))));
    }
  }
}
