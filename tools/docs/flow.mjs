// docs/FLOW.md, docs/reference/topics.md and docs/reference/events.md, from each service's table of
// contents (`<service>.flow.ts`). Reads the built output, so it says what runs.
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../packages.mjs';

const require = createRequire(import.meta.url);
const services = ['accounts', 'earning', 'reward-store', 'purchases', 'vendors', 'reconciliation'];

const note = '<!-- Generated from the services’ *.flow.ts by `npm run docs`. Do not edit. -->\n';

/** The exported flow of a service, whatever its constant is called. */
function flowOf(service) {
  const file = join(root, `apps/${service}/dist/${service}.flow.js`);
  const flow = Object.values(require(file)).find((value) => value?.service === service);
  if (flow === undefined) throw new Error(`${file} exports no flow`);
  return flow;
}

export const flows = () => services.map(flowOf);

/** The way of one ticket through the rooms, a file each; one that moved makes the check fail. */
const walk = [
  ['libs/contracts/src/messages/pos.messages.ts', 'the contract of a ticket that comes in'],
  ['apps/earning/src/earning.flow.ts', 'what earning consumes, decides and publishes'],
  [
    'apps/earning/src/inbound/pos-transactions.consumer.ts',
    'the message becomes a command; by HTTP `transactions.controller.ts` does it',
  ],
  ['apps/earning/src/domain/membership/membership.decide.ts', 'tier, points, campaigns: pure'],
  ['libs/aggregates/src/handle-command.ts', 'load → fold → decide → append, written once'],
  ['apps/earning/src/outbound/membership.publisher.ts', 'the stored award becomes a message'],
  ['libs/contracts/src/messages/earning.messages.ts', 'the contract of that message'],
  ['apps/accounts/src/accounts.flow.ts', 'what accounts consumes, decides and publishes'],
  ['apps/accounts/src/inbound/membership.consumer.ts', 'the message becomes a command'],
  ['apps/accounts/src/domain/account/award.decide.ts', 'what the award grants: pure'],
  ['apps/accounts/src/projections/entries/entries.projection.ts', 'the statement’s rows'],
  ['apps/accounts/src/projections/entries/entries.query.ts', 'the statement, read'],
];

function walkOfOneTicket() {
  const steps = walk.map(([path, what], index) => {
    const found = statSync(join(root, path), { throwIfNoEntry: false });
    if (found?.isFile() !== true) throw new Error(`the walk names ${path}, which is no file`);
    return `${index + 1}. [\`${path}\`](../${path}): ${what}`;
  });
  return `## One ticket, room by room\n\n${steps.join('\n')}\n`;
}

const code = (text) => `\`${text}\``;
const list = (items) => (items.length === 0 ? '–' : items.map(code).join(', '));
const table = (head, rows) =>
  rows.length === 0
    ? ''
    : [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n') +
      '\n';

function section(flow) {
  const call = ({ service, name }) => `${service}/${name}`;
  const parts = [`## ${flow.service}\n\n${flow.purpose}\n`];
  const add = (title, text) => text && parts.push(`**${title}**\n\n${text}`);
  add(
    'Consumes',
    table(
      ['message', 'group', 'handler'],
      flow.consumes.map((c) => [code(c.contract.type), code(c.group), code(c.handler)]),
    ),
  );
  add('Answers', flow.answers.length > 0 ? `${list(flow.answers.map(call))}\n` : '');
  add('Calls', flow.calls.length > 0 ? `${list(flow.calls.map(call))}\n` : '');
  add(
    'Decides',
    table(
      ['aggregate', 'stream', 'commands', 'events'],
      flow.decides.map((d) => [
        d.aggregate,
        code(`${d.category}-…`),
        list(d.commands),
        list(d.events),
      ]),
    ),
  );
  const described = (items) =>
    table(
      ['name', 'streams', 'what for'],
      items.map((item) => [code(item.name), list(item.categories), item.purpose]),
    );
  add('Projects', described(flow.projects));
  add('Processes', described(flow.processes));
  add(
    'Publishes',
    table(
      ['topic', 'messages'],
      flow.publishes.map((p) => [code(p.publisher.topic), list(p.contracts.map((c) => c.type))]),
    ),
  );
  return parts.join('\n');
}

const groupsOf = (flows, type) => [
  ...new Set(
    flows.flatMap((flow) =>
      flow.consumes.filter((c) => c.contract.type === type).map((c) => c.group),
    ),
  ),
];

function topics(flows) {
  const published = flows.flatMap((flow) =>
    flow.publishes.flatMap(({ contracts }) =>
      contracts.map((contract) => ({ ...contract, by: flow.service })),
    ),
  );
  const types = new Set(published.map(({ type }) => type));
  const received = flows
    .flatMap((flow) => flow.consumes.map(({ contract }) => ({ ...contract, by: 'points of sale' })))
    .filter(({ type }) => !types.has(type));
  const rows = [...published, ...received].map(({ topic, type, by, summary }) => [
    code(topic),
    code(type),
    by,
    list(groupsOf(flows, type)),
    summary,
  ]);
  const text = table(['topic', 'message', 'published by', 'consumer groups', 'what it says'], rows);
  return `${note}# Topics and messages

CloudEvents 1.0 in JSON, keyed by aggregate id, ordered per key, at least once. What a group cannot
take goes to the topic’s dead-letter topic, \`…dlq.v1\` in the place of \`…events.v1\`. The schemas are
in [asyncapi.json](asyncapi.json), an example of each message in
[libs/contracts/golden](../../libs/contracts/golden).

${text}`;
}

function events(flows) {
  const rows = flows.flatMap((flow) =>
    flow.decides.flatMap((d) =>
      d.events.map((e) => [code(e), code(`${d.category}-…`), flow.service]),
    ),
  );
  return `${note}# Stored events\n\nPrivate to their service: others see messages.\n\n${table(['event', 'stream', 'service'], rows)}`;
}

export function generate() {
  const all = flows();
  const flow = [
    `${note}# The flow\n\nThe only asynchronous jumps are topics and the store's feed; all of them are here.\n`,
    walkOfOneTicket(),
    ...all.map(section),
  ].join('\n');
  return Promise.resolve({
    'docs/FLOW.md': flow,
    'docs/reference/topics.md': topics(all),
    'docs/reference/events.md': events(all),
  });
}
