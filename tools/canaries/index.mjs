// A check that cannot fail protects nothing. Each canary is a violation that the real configuration
// has to catch; if one is let through, this fails.
import { eslintCanaries } from './eslint.mjs';
import { folderCanaries } from './folders.mjs';

const failures = [...(await eslintCanaries()), ...(await folderCanaries())];
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
