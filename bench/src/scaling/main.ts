import { hotStream } from './hot-stream';
import { replicaSkew, skewOf } from './partition-skew';
import { zipfShares } from './random';
import { eventsReadPerCommand, hitShare } from './stream-cache';

/** What docs/guides/scaling.md quotes. It measures nothing of this machine: the same each time. */
function main(): void {
  partitions();
  hotStreams();
  caches();
}

function partitions(): void {
  console.log('busiest partition / mean, 1,000,000 keys');
  for (const exponent of [0, 0.5, 0.8, 1]) {
    const shares = zipfShares(1_000_000, exponent);
    const cells = [12, 48, 96].map((count) => `${count}: ${skewOf(shares, count).toFixed(2)}`);
    const first = `first key ${((shares[0] ?? 0) * 100).toFixed(4)} %`;
    console.log(`  zipf ${exponent.toFixed(1)}  ${cells.join('  ')}  ${first}`);
  }
  const dealt = [5, 6, 8, 12].map((count) => `${count}: ${replicaSkew(12, count).toFixed(2)}`);
  console.log(`busiest replica / mean, 12 partitions  ${dealt.join('  ')}`);
}

function hotStreams(): void {
  console.log('one stream, 5 ms an append, 10,000 commands: until its own append is answered');
  for (const togetherMax of [1, 1000]) {
    for (const perSecond of [100, 180, 220, 1000, 5000]) {
      const options = { perSecond, appendMs: 5, togetherMax, commands: 10_000 };
      const { p50Ms, p99Ms, appends, queueMax } = hotStream(options);
      const waits = `p50 ${p50Ms.toFixed(0)} ms  p99 ${p99Ms.toFixed(0)} ms`;
      const sizes = `appends ${appends}  queue ${queueMax}`;
      console.log(`  ${togetherMax} together, ${perSecond}/s  ${waits}  ${sizes}`);
    }
  }
}

function caches(): void {
  console.log('commands that find their stream in memory; events read per command at 200, 50, 20');
  const streams = 1_000_000;
  for (const exponent of [0, 0.8, 1]) {
    const shares = zipfShares(streams, exponent);
    for (const percent of [1, 5, 25]) {
      const cachedStreamsMax = (streams * percent) / 100;
      const hits = hitShare({ shares, cachedStreamsMax, commands: streams });
      const read = [200, 50, 20].map((every) => eventsReadPerCommand(hits, every).toFixed(0));
      const name = `  zipf ${exponent.toFixed(1)}, ${percent} % cached`;
      console.log(`${name}  found ${(hits * 100).toFixed(0)} %  read ${read.join(' / ')}`);
    }
  }
}

main();
