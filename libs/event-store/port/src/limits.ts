/** An event's data and metadata together, as UTF-8 JSON. EventStoreDB's own default is 1 MiB. */
export const EVENT_BYTES_MAX = 512 * 1024;

/** One page of a read: bounds memory at about 1000 × 512 KiB in the worst case. */
export const READ_EVENTS_MAX = 1000;

/** One append is written in one piece, so it must fit what is kept in memory before a commit. */
export const APPEND_EVENTS_MAX = 1000;

/** A stream's name is copied into each of its events; ids of ours are far shorter. */
export const STREAM_NAME_LENGTH_MAX = 512;
