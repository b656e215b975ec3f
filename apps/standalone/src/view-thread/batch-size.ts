/**
 * Events in one transaction of a view. A commit writes every page that its rows touch, and under
 * load they touch all of them: four times as many events cost it hardly more. About 30 ms, at
 * the 7 µs that an event costs the largest views.
 */
export const VIEW_BATCH_MAX = 4000;
