/** A count with its noun: `1 meeting`, `2,000 meetings`. @param what - a singular whose plural ends in s */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? what : `${what}s`}`;
}
