// A name that comes through `export *` becomes a plain property instead of a getter that looks it up
// again. V8 neither inlines such a getter nor keeps an object of many of them fast, and a ticket
// calls hundreds of functions through the packages' entry files: it cost a seventh of its way.
//
// The value is read when the module is loaded. It would be missing in a circle of imports, which
// `.dependency-cruiser.cjs` refuses, and would miss a reassigned `export let`, which eslint refuses.
const GETTER = /get: function\(\) \{\s+return from\[k\];\s+\}/;

/** The output of swc, with the same number of lines. Throws when swc writes it otherwise. */
export function withConstantReexports(code, file) {
  if (!code.includes('_export_star(')) return code;
  const [getter] = GETTER.exec(code) ?? [];
  if (getter === undefined) throw new Error(`${file}: swc writes \`export *\` otherwise now`);
  return code.replace(getter, `value: from[k]${'\n'.repeat(getter.split('\n').length - 1)}`);
}
