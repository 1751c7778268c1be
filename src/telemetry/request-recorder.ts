import { AsyncLocalStorage } from 'node:async_hooks';
import { servedCallers } from '../hubspot/client/batch-callers';
import type { RequestObserver } from '../hubspot/client/transport';
import type { NotedRequest } from '../meeting/crm-types';

/** The most requests that are kept per step. The others are counted. */
const MAX_NOTED = 20;
const MAX_MESSAGE_CHARACTERS = 500;

/** The requests of one step. */
export class RequestNotes {
  readonly #requests: NotedRequest[] = [];
  #leftOut = 0;

  get requests(): readonly NotedRequest[] {
    return this.#requests;
  }

  get leftOut(): number {
    return this.#leftOut;
  }

  /** When full, drops the oldest successful request first, because failed ones are more informative. */
  add(request: NotedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length <= MAX_NOTED) return;
    const successful = this.#requests.findIndex(({ said }) => said === null);
    this.#requests.splice(Math.max(successful, 0), 1);
    this.#leftOut += 1;
  }
}

const current = new AsyncLocalStorage<RequestNotes>();

/** Runs a step and records its requests, including batches that it shares with other steps. */
export function notingRequests<Result>(notes: RequestNotes, work: () => Result): Result {
  return current.run(notes, work);
}

/** Records a request in every step that it serves. */
export const noteRequest: RequestObserver = (request, route, answer, ms, error) => {
  const served = servedCallers();
  const notes = new Set(
    served.length === 0 ? [current.getStore()] : served.map((inCaller) => inCaller(() => current.getStore())),
  );
  notes.delete(undefined);
  if (notes.size === 0) return;
  const noted: NotedRequest = {
    at: new Date().toISOString(),
    method: request.method,
    route: route.slice(request.method.length + 1),
    inputs: inputsOf(request.json),
    status: answer?.status ?? null,
    ms: Math.round(ms),
    said: error?.rawMessage.slice(0, MAX_MESSAGE_CHARACTERS) ?? null,
    correlationId:
      error === null ? null : (error.correlationId ?? answer?.headers.get('x-hubspot-correlation-id') ?? null),
  };
  for (const one of notes) one?.add(noted);
};

function inputsOf(json: unknown): number | null {
  return typeof json === 'object' && json !== null && 'inputs' in json && Array.isArray(json.inputs)
    ? json.inputs.length
    : null;
}
