/** Apart from the consumer, so that the flow can be read without Nest. */
export const MEMBERSHIP_GROUP = 'accounts.membership-commands';
