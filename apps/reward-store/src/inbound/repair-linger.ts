/** Of what a call has usually done already: it may look at many tickets at once, a little later. */
export const REPAIR_LINGER_MS = 100;
