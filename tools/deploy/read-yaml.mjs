import { run } from '../run.mjs';
import { tools } from './prepare.mjs';

const script = `
import json, sys, yaml
documents = [one for name in sys.argv[1:] for one in yaml.safe_load_all(open(name)) if one]
json.dump(documents, sys.stdout, default=str)
`;

/** Every document of these files, anchors and merges resolved. */
export async function readYaml(...files) {
  return JSON.parse(await succeed([...tools.python, '-c', script], ...files));
}

/** The output of a command; throws it when the command fails. */
export async function succeed([program, ...first], ...args) {
  const { code, output } = await run(program, [...first, ...args], { capture: true });
  if (code !== 0) throw new Error(output.trim() || `${program} ended with ${code}`);
  return output;
}

/** Throws all of what is wrong at once. */
export function demand(problems) {
  const found = problems.flat().filter((problem) => typeof problem === 'string');
  if (found.length > 0) throw new Error(found.join('\n'));
}

/** For a check's canary: what must not pass. */
export async function mustFail(what, check) {
  const passed = await Promise.resolve()
    .then(check)
    .then(
      () => true,
      () => false,
    );
  if (passed) throw new Error(`the check cannot fail: it let pass ${what}`);
}
