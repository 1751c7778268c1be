import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 1_000;

/** Reads the resident memory of a process from its metrics, in bytes. */
export async function residentMemory(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^process_resident_memory_bytes (?<bytes>\S+)/m.exec(text)?.groups?.['bytes'] ?? Number.NaN);
}

/** Samples the memory of a process until the signal aborts. @param done - the progress that is stored with each sample */
export async function sampleMemory(
  metricsUrl: string,
  done: () => number,
  signal: AbortSignal,
): Promise<{ readonly done: number; readonly bytes: number }[]> {
  const samples: { done: number; bytes: number }[] = [];
  while (!signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- sampling
    samples.push({ done: done(), bytes: await residentMemory(metricsUrl) });
    // oxlint-disable-next-line no-await-in-loop -- sampling
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}
