import type { DeliveryFailure } from '#platform/outcome';

/** No request was started, because its answer could have come after the lane was somebody else's. */
export const leaseEnded: DeliveryFailure = {
  kind: 'timeout',
  retry: 'later',
  certainty: 'not-sent',
  scope: 'peer',
  retryAfterMs: 0,
  detail: 'The lease was about to end before the request could be answered.',
};
