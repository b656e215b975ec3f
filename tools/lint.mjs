// eslint, with the Nx project graph made first: without one the module boundary rule says nothing.
// `--cache` is for the desk only, because typed rules also depend on files that did not change.
import { run } from './run.mjs';

const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('--') && arg !== '--cache');
const files = args.filter((arg) => !arg.startsWith('--'));
const cache = args.includes('--cache')
  ? ['--cache', '--cache-strategy', 'content', '--cache-location', 'node_modules/.cache/eslint/']
  : [];

const graph = await run('nx', ['show', 'projects'], { capture: true });
if (graph.code !== 0) {
  console.error(graph.output);
  process.exit(graph.code);
}
const targets = files.length > 0 ? files : ['apps', 'libs', 'bench', 'e2e'];
const { code } = await run('eslint', [...cache, ...flags, '--max-warnings', '0', ...targets]);
process.exitCode = code;
