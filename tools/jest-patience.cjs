// Suites that start whole processes: a busy machine may take seconds for a step.
jest.setTimeout(60_000);
