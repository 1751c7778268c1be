import { isRejected, type HubSpotError } from './errors';

/**
 * This many inputs refused one after the other, with none accepted in between, mean that the batch itself is refused:
 * the type is gone, or a permission is missing. Sending each of a hundred alone would cost two hundred calls.
 */
const REFUSED_ALONE = 16;

/** "Unable to infer object type from: 2-7000" (R065): the cause is not an input. */
function isAboutType({ rawMessage }: HubSpotError): boolean {
  return /infer object type/i.test(rawMessage);
}

/**
 * Sends a batch. If HubSpot refuses it, it is sent again in halves until the refused inputs are alone. Those get the
 * refusal, and the others their answers. With one refused input among a hundred that takes 15 calls.
 *
 * @param send - sends one HubSpot call; answers every input, at its position
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
      if (!isRejected(error)) throw error;
      if (some.length === 1) refusedAlone += 1;
      if (some.length === 1 || refusedAlone >= REFUSED_ALONE || isAboutType(error)) return some.map(() => error);
      const middle = Math.ceil(some.length / 2);
      // Sequential: in parallel they would use up the account's limit before anything is known.
      const first = await rest(some.slice(0, middle));
      return [...first, ...(await rest(some.slice(middle)))];
    }
  }

  /** A limit or silence stops only one half. The other half keeps its answers. */
  async function rest(half: readonly Input[]): Promise<(Output | Error)[]> {
    try {
      return await part(half, slot);
    } catch (error) {
      return half.map(() => (error instanceof Error ? error : new Error(String(error))));
    }
  }
}
