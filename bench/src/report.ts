export interface Row {
  readonly what: string;
  readonly perSecond?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** To the echo of the same run and the same number of connections. */
  readonly ratio?: number;
  readonly note?: string;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function printTable(rows: readonly Row[]): void {
  console.log(line(['', 'per second', 'p50 ms', 'p99 ms', 'of echo', '']));
  for (const row of rows) {
    const ratio = row.ratio === undefined ? '' : `${Math.round(row.ratio * 100)} %`;
    const cells = [row.what, show(row.perSecond), show(row.p50Ms), show(row.p99Ms), ratio];
    console.log(line([...cells, row.note ?? '']));
  }
}

function show(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en');
}

function line([what = '', ...cells]: readonly string[]): string {
  const note = cells.pop() ?? '';
  return `${what.padEnd(34)}${cells.map((cell) => cell.padStart(12)).join('')}  ${note}`;
}
