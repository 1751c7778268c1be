/** The properties of an object type that match participants. */
export const MATCHED_BY: Readonly<Record<string, readonly string[]>> = {
  contacts: ['email', 'hs_additional_emails'],
  companies: ['domain', 'hs_additional_domains'],
};
