import { cancellationSignal } from '@temporalio/activity';
import { deliverDue, type DeliveredNotices, type DeliveryDependencies } from './deliver';

/** Delivers what is due at one outlet. */
export function deliverNotices(dependencies: DeliveryDependencies) {
  return async ({ outletId }: { readonly outletId: string }): Promise<DeliveredNotices> =>
    await deliverDue(dependencies, outletId, cancellationSignal());
}
