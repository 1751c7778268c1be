/** Whether PostgreSQL can read it as a `uuid`; what is none names nothing. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
