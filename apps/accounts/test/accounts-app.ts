import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageContract } from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import { startServiceApp, type ServiceApp } from '@fidelis/testing/service-app';
import { TestClock, TestPlatform } from '@fidelis/testing/test-platform';
import { AccountsModule } from '../src/accounts.module';
import { AccountsService } from '../src/accounts.service';
import { FakeEarning } from './fake-earning';

export const START_OF_TEST: Instant = '2026-11-22T10:00:00.000Z';

export interface TestApp
  extends ServiceApp, Pick<TestPlatform, 'clock' | 'eventStore' | 'bus' | 'calls' | 'errors'> {
  readonly service: AccountsService;
  readonly earning: FakeEarning;
  /** Puts a message of an account on its topic. */
  publish<Data>(contract: MessageContract<Data>, accountId: string, data: Data): void;
  /** Registers somebody and gives the account's id. */
  enrolled(externalId: string): Promise<string>;
}

export interface StartOptions {
  /** One of several, beside the one that was started before. */
  readonly replica?: 'active' | 'standby';
  readonly beside?: TestApp;
}

/** The service behind the real edge, on memory and a folder of its own, beside a fake earning. */
export async function startAccounts({ replica, beside }: StartOptions = {}): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fidelis-accounts-'));
  const clock = beside?.clock ?? new TestClock(START_OF_TEST);
  const platform = new TestPlatform({
    ...{ clock, dataDir },
    ...(replica !== undefined && { replica }),
    ...(beside !== undefined && { eventStore: beside.eventStore }),
  });
  const { eventStore, bus, calls, errors } = platform;
  const earning = beside?.earning ?? new FakeEarning();
  earning.answer(platform.callTable, calls);
  const started = await startServiceApp(platform, [AccountsModule]);
  let published = 0;
  return {
    ...started,
    ...{ earning, clock, eventStore, calls, bus, errors },
    service: started.app.get(AccountsService),
    publish: ({ type, topic }, key, data) => {
      published += 1;
      const place = { key, aggregate: `membership-${key}`, revision: published };
      const at = { source: '/earning', time: clock.now(), id: `m-${published}` };
      bus.publish({ type, topic, data, ...place, ...at });
    },
    enrolled: async (externalId) => {
      const body = { externalId, name: 'Ann' };
      const answer = await started.send('POST', '/participants', { body });
      return answer.body.accounts[0].id as string;
    },
    close: async () => {
      await started.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
