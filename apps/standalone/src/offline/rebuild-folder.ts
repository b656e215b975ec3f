import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { messageViews, reconciliationFlow } from '@fidelis/reconciliation';
import { waitForHead, type Consumer, type MessageBus } from '@fidelis/messaging';
import { forgetOffsets } from '@fidelis/messaging-sqlite';
import type { RunningService } from '@fidelis/service';
import type { EmbeddedPlatform } from '../embedded-platform';
import { busFileOf, openOffline } from './offline-app';
import { checksumOf, emptyTables } from './row-checksum';
import { NoEventStore } from './verify-folder';

export interface RebuiltView {
  readonly service: string;
  readonly view: string;
  /** Rows and checksum of what it said before, when it was at the head, and what it says now. */
  readonly before: string;
  readonly after: string;
}

export interface Rebuilt {
  readonly events: number;
  readonly views: readonly RebuiltView[];
}

/** Nobody waits, and a view of billions of events takes its time. */
const HEAD_MS_MAX = 24 * 3600_000;

/**
 * Builds every view of every service again from the events, and tells whether they say the same as
 * before. Appends nothing. @throws DataFolderInUse, NoEventStore
 */
export async function rebuildFolder(
  dataDir: string,
  onView: (view: RebuiltView) => void = () => undefined,
): Promise<Rebuilt> {
  if (!existsSync(join(dataDir, 'events.db'))) throw new NoEventStore(join(dataDir, 'events.db'));
  const { platform, consumers, close } = await openOffline(dataDir);
  const views: RebuiltView[] = [];
  const done = (view: RebuiltView): void => {
    views.push(view);
    onView(view);
  };
  try {
    for (const service of platform.runtimes.all()) await rebuildService(platform, service, done);
    await rebuildMessageViews(platform, consumers, done);
    // Positions of this adapter are gapless from 0.
    return { events: (await platform.eventStore.headOf()) + 1, views };
  } finally {
    await close();
  }
}

type Done = (view: RebuiltView) => void;

async function rebuildService(
  platform: EmbeddedPlatform,
  service: RunningService,
  done: Done,
): Promise<void> {
  const db = platform.readModel<never>(service.service);
  await service.catchUpViews();
  for (const { name, tables } of service.views) {
    const before = await checksumOf(db, tables);
    await service.rebuild(name);
    const after = await checksumOf(db, tables);
    done({ service: service.service, view: name, before, after });
  }
  await service.stopViews();
}

/** Those that are fed by the bus: first to the head, then all messages from the first on. */
async function rebuildMessageViews(
  platform: EmbeddedPlatform,
  all: readonly Consumer[],
  done: Done,
): Promise<void> {
  const { service } = reconciliationFlow;
  const db = platform.readModel<never>(service);
  const groups = messageViews.map(({ group }) => group);
  const consumers = all.filter(({ group }) => groups.includes(group));
  await deliver(platform.bus, consumers);
  const before = await Promise.all(messageViews.map(({ tables }) => checksumOf(db, tables)));
  // In this order: after a crash in between, messages come again to rows that know them.
  forgetOffsets(busFileOf(platform.dataDir), groups);
  for (const { tables } of messageViews) await emptyTables(db, tables);
  await deliver(platform.openBus(), consumers);
  for (const [index, { name, tables }] of messageViews.entries()) {
    const after = await checksumOf(db, tables);
    done({ service, view: name, before: before[index] ?? '', after });
  }
}

async function deliver(bus: MessageBus, consumers: readonly Consumer[]): Promise<void> {
  await bus.start(consumers);
  await waitForHead(bus, { timeoutMs: HEAD_MS_MAX });
  await bus.close();
}
