export interface ErrorEntry {
  message: string;
  code?: string;
  in?: string;
  subCategory?: string;
  context?: Record<string, string[]>;
}

export interface ErrorDetails {
  category?: string;
  subCategory?: string;
  errorType?: string;
  policyName?: string;
  groupName?: string;
  requestId?: string;
  correctHublet?: string;
  context?: Record<string, string[]>;
  errors?: ErrorEntry[];
  links?: Record<string, string>;
}

/** A refusal in HubSpot's wording. `details` follow status, message and correlationId. Absent fields stay absent. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly statusCode: number,
    message: string,
    readonly details: ErrorDetails = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  body(correlationId: string): Record<string, unknown> {
    return { status: 'error', message: this.message, correlationId, ...this.details };
  }
}

/** A 400 with the category `VALIDATION_ERROR`. */
export function validationError(message: string, details: ErrorDetails = {}): ApiError {
  return new ApiError(400, message, { ...details, category: 'VALIDATION_ERROR' });
}

/**
 * The error for a GET of an unknown numeric id has no category. Other calls name the id (both seen in public threads).
 */
export function recordNotFound(): ApiError {
  return new ApiError(404, 'resource not found');
}

/** The error for everything else that an id does not find: definitions, files, owners. */
export function resourceNotFound(): ApiError {
  return new ApiError(404, 'resource not found', { category: 'OBJECT_NOT_FOUND' });
}

/** The 404 that names the id. */
export function objectNotFound(id: string): ApiError {
  return new ApiError(404, 'Object not found.  objectId are usually numeric.', {
    context: { id: [id] },
    category: 'OBJECT_NOT_FOUND',
  });
}

/** A path that HubSpot does not have, or not for this account. The response is HTML, as for every unknown path. */
export class NoSuchPath extends Error {
  override readonly name = 'NoSuchPath';
}

/** An entry of `errors` in a 207 answer. */
export interface BatchErrorEntry {
  status: 'error';
  category: string;
  subCategory?: string;
  message: string;
  context: Record<string, string[]>;
}

/** The entry for a refused input, with what `context` has besides the error's own. */
export function batchErrorEntry(error: ApiError, context: Record<string, string[]> = {}): BatchErrorEntry {
  const { category, subCategory } = error.details;
  return {
    status: 'error',
    category: category ?? 'VALIDATION_ERROR',
    ...(subCategory === undefined ? {} : { subCategory }),
    message: error.message,
    context: { ...error.details.context, ...context },
  };
}
