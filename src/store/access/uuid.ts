/** Whether PostgreSQL accepts the text as a `uuid`. Any other text would fail the query instead of finding no row. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
