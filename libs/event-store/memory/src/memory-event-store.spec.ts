import { describeEventStore } from '@fidelis/event-store-conformance';
import { MemoryEventStore } from './memory-event-store';

describeEventStore(
  'memory',
  () => {
    const store = new MemoryEventStore();
    return Promise.resolve({
      ...{ store, gapless: true },
      loseNextAnswer: () => {
        store.loseNextAnswer();
      },
      dispose: () => store.close(),
    });
  },
  { restarts: false, losesAnswers: true },
);
