/** Apart from the consumer, so that the flow can be read without Nest. */
export const POS_TRANSACTIONS_GROUP = 'earning.pos-transactions';
