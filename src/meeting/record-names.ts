type Properties = Readonly<Record<string, string | null>>;

/**
 * Returns a record's display name, or null when its properties have none: a contact's name or address, a company's name
 * or domain, a deal's name, or a custom object's primary display property.
 *
 * @param primaryProperty - of the custom object type
 */
export function recordName(objectType: string, properties: Properties, primaryProperty: string | null): string | null {
  const text = (name: string) => properties[name]?.trim() || null;
  switch (objectType) {
    case 'contacts':
      return [text('firstname'), text('lastname')].filter((part) => part !== null).join(' ') || text('email');
    case 'companies':
      return text('name') ?? text('domain');
    case 'deals':
      return text('dealname');
    default:
      return primaryProperty === null ? null : text(primaryProperty);
  }
}

/** The properties that hold a record's pipeline and stage; null for types without pipelines. */
export function stageProperties(objectType: string): { readonly pipeline: string; readonly stage: string } | null {
  if (objectType === 'deals') return { pipeline: 'pipeline', stage: 'dealstage' };
  return objectType.startsWith('2-') ? { pipeline: 'hs_pipeline', stage: 'hs_pipeline_stage' } : null;
}
