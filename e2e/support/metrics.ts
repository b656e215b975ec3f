import type { Client } from './client';

/** All values of one metric, whatever their labels. */
export async function valuesOf(client: Client, name: string): Promise<number[]> {
  const { status, text } = await client.raw('GET', '/metrics', {});
  if (status !== 200) throw new Error(`/metrics: ${status}`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

/** The value of a metric without labels. */
export async function gaugeOf(client: Client, name: string): Promise<number> {
  const [value] = await valuesOf(client, name);
  if (value === undefined) throw new Error(`/metrics has no ${name}`);
  return value;
}
