/** Where notices go. */
export const OUTLET_KINDS = ['webhook', 'slack', 'email'] as const;
export type OutletKind = (typeof OUTLET_KINDS)[number];

export const OUTLET_STATES = ['on', 'off'] as const;
export type OutletState = (typeof OUTLET_STATES)[number];

/** Why an outlet is off: a person switched it off, it failed for days, or its receiver answered 410. */
export const OFF_REASONS = ['by_person', 'failing', 'gone'] as const;
export type OffReason = (typeof OFF_REASONS)[number];

/** `failed`: it is not tried again. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
