import { z } from 'zod';
import { TIME_OUT_BOUNDS, type SignInPolicy } from '../../../../store/sign-in/policy';

/** The time-outs of the form, each with its unit. */
export type TimeOut = keyof typeof TIME_OUT_BOUNDS;

const whole = (name: TimeOut) => {
  const { min, max } = TIME_OUT_BOUNDS[name];
  return z
    .string()
    .trim()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
};

/** The form with the ways to sign in and the time-outs. An empty time-out of idle sessions switches it off. */
const policyInput = z.object({
  idleMinutes: z.union([z.literal('').transform(() => null), whole('idleMinutes')]),
  memberHours: whole('memberHours'),
  anonymousHours: whole('anonymousHours'),
});

/** A form that was read, or the time-outs that are not valid. */
export type ReadPolicy =
  | { readonly policy: SignInPolicy; readonly invalid: null }
  | { readonly policy: null; readonly invalid: readonly TimeOut[] };

/** Reads the form. @param field - the text of a field; empty for a box that is not checked */
export function readPolicy(field: (name: string) => string): ReadPolicy {
  const input = policyInput.safeParse({
    idleMinutes: field('idleMinutes').trim(),
    memberHours: field('memberHours'),
    anonymousHours: field('anonymousHours'),
  });
  if (!input.success) {
    const paths = input.error.issues.map(({ path }) => path[0]);
    const names: readonly TimeOut[] = ['idleMinutes', 'memberHours', 'anonymousHours'];
    return { policy: null, invalid: names.filter((name) => paths.includes(name)) };
  }
  const isOn = (name: string) => field(name) === 'on';
  return { policy: { links: isOn('links'), superAdmins: isOn('superAdmins'), ...input.data }, invalid: null };
}
