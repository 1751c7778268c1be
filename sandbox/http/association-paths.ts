import type { SandboxObjectType } from '../crm/object-types';
import { validationError } from '../errors';
import { DATED, requireScope, typeOf } from './api';
import type { Call, Parts } from './api';

/** Paths of operations on one record's associations. They count towards the ten-second budget. */
export function recordPaths(rest: string): string[] {
  return ['/crm/v4/objects', ...DATED.map((version) => `/crm/objects/${version}`)].map((base) => `${base}${rest}`);
}

/** Paths of the association batches and labels. They have a budget of their own. */
export function pairPaths(rest: string): string[] {
  return ['/crm/v4/associations', ...DATED.map((version) => `/crm/associations/${version}`)].map(
    (base) => `${base}${rest}`,
  );
}

/** Returns both object types of a call, after checking the scope of each: in practice both ends' are needed. */
export function pairOf(
  parts: Parts,
  call: Call,
  access: 'read' | 'write',
): { from: SandboxObjectType; to: SandboxObjectType } {
  const from = typeOf(parts, call);
  const to = typeOf(parts, call, 'toType');
  for (const type of [from, to]) requireScope(call, access === 'read' ? type.readScope : type.writeScope);
  return { from, to };
}

/** @throws the 400 for a batch without inputs, or with more than `largest` */
export function checkSize(inputs: readonly unknown[], largest: number): void {
  if (inputs.length === 0 || inputs.length > largest) {
    throw validationError(`Invalid request: between 1 and ${largest} inputs are needed, there were ${inputs.length}`, {
      context: { inputs: [String(inputs.length)] },
    });
  }
}
