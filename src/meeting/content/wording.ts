/** HubSpot's names of lifecycle stages that it writes together. */
const STAGES: Readonly<Record<string, string>> = {
  marketingqualifiedlead: 'Marketing qualified lead',
  salesqualifiedlead: 'Sales qualified lead',
};

/**
 * The value of a HubSpot enumeration in words: `COMPUTER_SOFTWARE` as `Computer software`.
 *
 * @returns null for ids, which HubSpot gives to values that an account added itself
 */
export function propertyWords(value: string): string | null {
  if (/^\d*$/.test(value.trim())) return null;
  const text = STAGES[value] ?? value.trim().replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
