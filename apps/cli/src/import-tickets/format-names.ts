/** Of files of tickets. */
export const FORMATS = ['cdnow', 'online-retail', 'ndjson'] as const;
export type FormatName = (typeof FORMATS)[number];
