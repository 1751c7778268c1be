/** Properties of a type by which participants are matched. */
export const MATCHED_BY: Readonly<Record<string, readonly string[]>> = {
  contacts: ['email', 'hs_additional_emails'],
  companies: ['domain', 'hs_additional_domains'],
};
