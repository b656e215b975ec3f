import { describeEventStore } from '@fidelis/event-store-conformance';
import { openTestStore } from './test-store';

describeEventStore(
  'EventStoreDB (test server)',
  async () => {
    const { store, server, reopen, dispose } = await openTestStore();
    return {
      ...{ store, gapless: false, reopen, dispose },
      loseNextAnswer: () => {
        server.faults.loseNextAnswer();
      },
    };
  },
  { restarts: true, losesAnswers: true },
);
