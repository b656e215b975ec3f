/**
 * Events in one transaction of a view that catches up from far behind. A commit writes every page
 * that its rows touch, and so many events touch all of them: about 30 ms, at the 7 µs that an event
 * costs the largest views. Near the head the follower hands over less at a time.
 */
export const VIEW_BATCH_MAX = 4000;
