// Stored format: add fields or upcast, never edit what was stored.
export type AllotmentEvent = AllotmentTaken | AllotmentGivenBack | AllotmentVoided;

/** Taken under the operation id of the one who takes it: the same taking counts once. */
export interface AllotmentTaken {
  readonly type: 'AllotmentTaken';
  readonly data: { readonly quantity: number };
}

export interface AllotmentGivenBack {
  readonly type: 'AllotmentGivenBack';
  readonly data: { readonly quantity: number };
}

/**
 * Recorded under the operation id of a taking that never came: should it come late, it finds its
 * operation done, with nothing taken.
 */
export interface AllotmentVoided {
  readonly type: 'AllotmentVoided';
  readonly data: Record<string, never>;
}
