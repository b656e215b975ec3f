import type { CallContract, ServiceName } from '@fidelis/contracts';
import { Defect, type Eventually } from '@fidelis/kernel';

export type AnyHandler = (request: unknown) => Eventually<unknown>;

/** A contract with the function that answers it. */
export interface AnsweredCall {
  readonly contract: CallContract<unknown, unknown>;
  readonly handler: AnyHandler;
}

export function answering<Request, Answer>(
  contract: CallContract<Request, Answer>,
  handler: (request: Request) => Eventually<Answer>,
): AnsweredCall {
  return {
    contract: contract,
    handler: handler as AnyHandler,
  };
}

/** What the services of this process answer. */
export class CallTable {
  private readonly handlers = new Map<CallContract<unknown, unknown>, AnyHandler>();
  private readonly byPath = new Map<string, AnyHandler>();

  add({ contract, handler }: AnsweredCall): void {
    const path = pathOf(contract);
    if (this.byPath.has(path)) throw new Defect(`${path} is answered twice`);
    this.handlers.set(contract, handler);
    this.byPath.set(path, handler);
  }

  find(contract: CallContract<unknown, unknown>): AnyHandler | undefined {
    return this.handlers.get(contract);
  }

  findByPath(service: string, name: string): AnyHandler | undefined {
    return this.byPath.get(`${service}/${name}`);
  }
}

export function pathOf(contract: { readonly service: ServiceName; readonly name: string }): string {
  return `${contract.service}/${contract.name}`;
}
