/** The package has no types of its own. Each list has parts before the `@`, in lower case. */
declare module 'role-based-email-addresses' {
  export const MARKETING: readonly string[];
  export const NOTIFICATION: readonly string[];
  export const MEETING: readonly string[];
}
