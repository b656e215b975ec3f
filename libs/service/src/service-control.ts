import { controlOf, type ControlledService } from '@fidelis/contracts';
import { waitForHead } from '@fidelis/messaging';
import { answering, type AnsweredCall } from '@fidelis/service-calls';
import type { Platform, RunningService } from './platform';

/** What every service answers besides its own calls: see the contract `ServiceControl`. */
export function controlAnswers(
  running: RunningService,
  platform: Pick<Platform, 'bus'>,
): readonly AnsweredCall[] {
  const service = running.service as ControlledService;
  const { reachHead, runDue } = controlOf(service);
  return [
    answering(reachHead, async ({ head, deadlineMs }) => {
      const { bus } = platform;
      const groups = bus.groups.filter((group) => group.startsWith(`${service}.`));
      await Promise.all([
        running.reachHead(deadlineMs),
        waitForHead(bus, { groups, timeoutMs: deadlineMs, ...(head !== undefined && { head }) }),
      ]);
      return { reached: true };
    }),
    answering(runDue, async ({ now }) => ({ settled: await running.runDue(now) })),
  ];
}
