// A limit for what hangs, not a measurement: whoever starts processes or waits for the disk may take
// seconds for a step on a busy machine.
jest.setTimeout(60_000);
