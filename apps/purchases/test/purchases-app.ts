import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { Instant } from '@fidelis/kernel';
import { eventually, startServiceApp, type ServiceApp } from '@fidelis/testing/service-app';
import { TestClock, TestPlatform } from '@fidelis/testing/test-platform';
import { purchasesPublisher } from '../src/outbound/purchases.publisher';
import { PurchasesModule } from '../src/purchases.module';
import { FakeAccounts } from './fake-accounts';
import { FakeVendors, FakeVendorsConsumer } from './fake-vendors';

export const START_OF_TEST: Instant = '2026-11-23T10:00:00.000Z';
export const MINUTE = 60_000;

export interface TestApp
  extends ServiceApp, Pick<TestPlatform, 'clock' | 'bus' | 'calls' | 'errors' | 'eventStore'> {
  readonly accounts: FakeAccounts;
  readonly vendors: FakeVendors;
  /** Moves the clock and does what is due then. */
  pass(ms: number): Promise<void>;
  /** Waits until the purchase is as expected, and gives it. */
  until(purchaseId: string, is: (purchase: any) => boolean): Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any
}

let keys = 0;

/** The service behind the real edge, on memory, beside hand-written neighbours. */
export async function startPurchases(): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fidelis-purchases-'));
  const clock = new TestClock(START_OF_TEST);
  const platform = new TestPlatform({
    clock,
    dataDir,
    bus: { publishers: [purchasesPublisher], onProblem: () => undefined },
    // A purchase that cannot settle now is the timer's, and the specs let it be so.
    onBackgroundError: () => undefined,
  });
  const { bus, calls, errors, eventStore } = platform;
  const accounts = new FakeAccounts();
  const vendors = new FakeVendors();
  accounts.answer(platform.callTable);
  vendors.answer(platform.callTable);
  vendors.speakOn(bus);
  const started = await startServiceApp(platform, [PurchasesModule, neighbours(vendors)]);
  // A key each, where a spec does not care.
  const send: TestApp['send'] = (method, path, sent = {}) => {
    keys += 1;
    return started.send(method, path, method === 'POST' ? { key: `key-${keys}`, ...sent } : sent);
  };
  return {
    ...started,
    ...{ accounts, vendors, clock, calls, bus, errors, eventStore, send },
    pass: async (ms) => {
      clock.pass(ms);
      await platform.runDue();
    },
    until: async (purchaseId, is) => {
      let purchase: unknown;
      await eventually(async () => {
        purchase = (await send('GET', `/purchases/${purchaseId}`)).body;
        return is(purchase);
      });
      return purchase;
    },
    close: async () => {
      await started.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function neighbours(vendors: FakeVendors) {
  @Module({
    controllers: [FakeVendorsConsumer],
    providers: [{ provide: FakeVendors, useValue: vendors }],
  })
  class Neighbours {}
  return Neighbours;
}
