import { rehearseOf, type ServiceName } from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import { answering, type CallTable } from '@fidelis/service-calls';

interface Asked {
  /** `Asked`; others are events of real services. */
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly data: {
    readonly service: ServiceName;
    readonly name: string;
    readonly request: unknown;
  };
}

/**
 * Lets a hand-written neighbour take part in dry runs. It keeps no events, so what the rehearsal
 * asked before is asked once more; then its fields are put back as they were.
 */
export function answerRehearsals(
  neighbour: object,
  table: CallTable,
  services: readonly ServiceName[],
): void {
  const ask = ({ service, name, request }: Asked['data']): unknown => {
    const handler = table.findByPath(service, name);
    if (handler === undefined) throw new OperationalError(`nobody answers ${service}/${name}`);
    return handler(request);
  };
  for (const service of services) {
    const rehearse = answering(rehearseOf(service), async ({ name, request, written }) => {
      const before = structuredClone({ ...neighbour });
      const asked = (written as readonly Asked[]).filter(({ type }) => type === 'Asked');
      try {
        for (const earlier of asked) await ask(earlier.data);
        const data = { service, name, request };
        const answer = await ask(data);
        const place = { stream: 'asked-neighbours', revision: asked.length };
        return { answer, written: [{ type: 'Asked', ...place, data }] };
      } finally {
        Object.assign(neighbour, before);
      }
    });
    table.add(rehearse);
  }
}
