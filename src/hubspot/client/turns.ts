/** Bulk work that has its input and waits to go on. */
const waiting: (() => void)[] = [];

/**
 * Lets other work of the process in between: a batch answers a hundred passes at the same moment, and what each does next
 * would keep the process from live meetings until the last one has done it.
 */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(giveTurn);
  });
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}
