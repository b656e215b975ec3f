import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { Instant } from '@fidelis/kernel';
import { startServiceApp, type ServiceApp } from '@fidelis/testing/service-app';
import { TestClock, TestPlatform } from '@fidelis/testing/test-platform';
import { vendorsPublisher } from '../src/outbound/vendors.publisher';
import { VendorsModule } from '../src/vendors.module';
import { FakePurchases, FakePurchasesConsumer } from './fake-purchases';

export { eventually } from '@fidelis/testing/service-app';
export const START_OF_TEST: Instant = '2026-11-23T10:00:00.000Z';
export const MINUTE = 60_000;

export interface TestApp
  extends ServiceApp, Pick<TestPlatform, 'clock' | 'bus' | 'calls' | 'errors' | 'eventStore'> {
  readonly purchases: FakePurchases;
  /** Moves the clock and does what is due then. */
  pass(ms: number): Promise<void>;
}

/** The service behind the real edge, on memory, beside hand-written neighbours. */
export async function startVendors(): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fidelis-vendors-'));
  const clock = new TestClock(START_OF_TEST);
  const platform = new TestPlatform({
    clock,
    dataDir,
    bus: { publishers: [vendorsPublisher], onProblem: () => undefined },
  });
  const { bus, calls, errors, eventStore } = platform;
  const purchases = new FakePurchases();
  purchases.answer(platform.callTable);
  purchases.speakOn(bus);
  const started = await startServiceApp(platform, [VendorsModule, neighbours(purchases)]);
  return {
    ...started,
    ...{ purchases, clock, calls, bus, errors, eventStore },
    pass: async (ms) => {
      clock.pass(ms);
      await platform.runDue();
    },
    close: async () => {
      await started.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function neighbours(purchases: FakePurchases) {
  @Module({
    controllers: [FakePurchasesConsumer],
    providers: [{ provide: FakePurchases, useValue: purchases }],
  })
  class Neighbours {}
  return Neighbours;
}
