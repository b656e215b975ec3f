// docs/reference/asyncapi.json: what `/asyncapi.json` answers, from the contracts. Fails where the
// services' flows and the contracts do not know of each other. Reads the built output.
import { createRequire } from 'node:module';
import { format } from 'prettier';
import { flows } from './flow.mjs';

const require = createRequire(import.meta.url);

function checkAgainst(contracts) {
  const known = new Set(contracts.map(({ type }) => type));
  const { POS_TRANSACTIONS } = require('@fidelis/contracts');
  const published = flows().flatMap((flow) => flow.publishes.flatMap((one) => one.contracts));
  const consumed = flows().flatMap((flow) => flow.consumes.map((one) => one.contract));
  for (const { type } of [...published, ...consumed]) {
    if (!known.has(type)) throw new Error(`${type} is in a flow, and no public message`);
  }
  const said = new Set(published.map(({ type }) => type));
  for (const { type, topic } of contracts) {
    const isDoor = topic === POS_TRANSACTIONS;
    if (said.has(type) === isDoor) throw new Error(`${type}: who publishes it?`);
    if (isDoor && !consumed.some((one) => one.type === type)) throw new Error(`${type}: for whom?`);
  }
}

export async function generate() {
  const { asyncApiDocument, publicMessageContracts } = require('@fidelis/contracts');
  checkAgainst(publicMessageContracts);
  const text = JSON.stringify(asyncApiDocument());
  const path = 'docs/reference/asyncapi.json';
  return { [path]: await format(text, { filepath: path, printWidth: 100 }) };
}
