/** The typed client, as it was before it became the package in `packages/client`. */
export * from '#client';
