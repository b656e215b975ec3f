import type { RecordedEvent } from '@fidelis/event-store';
import { canonicalJson } from '@fidelis/kernel';
import { account, afterOf, type Account, type AccountEvent } from '../domain/account';
import { unsoundnessOf } from './soundness';

/**
 * For the offline verifier: folds an account's stream, compares each event's own account of the
 * balance with the fold, and says what does not add up at the end.
 */
export const accountStreamCheck = {
  category: account.category,
  faultOf: (events: readonly RecordedEvent[]): string | undefined => {
    let state: Account = account.initial;
    for (const recorded of events) {
      const event = recorded as unknown as AccountEvent;
      state = account.evolve(state, event);
      if (state.status === 'none') return `revision ${recorded.revision}: not opened`;
      if (canonicalJson(afterOf(state)) !== canonicalJson(event.data.after)) {
        return `revision ${recorded.revision}: its balance is not what the events give`;
      }
    }
    return state.status === 'none' ? undefined : unsoundnessOf(state);
  },
};
