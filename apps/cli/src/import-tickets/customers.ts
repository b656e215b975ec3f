import { postInsistently, type Patience } from './insist';
import type { Server } from './server';

const PATH = '/v1/participants/import';

/** Registers each customer of a file once, before the first ticket that names them. */
export class Customers {
  private readonly known = new Set<string>();

  constructor(
    private readonly server: Server,
    private readonly patience: Patience,
  ) {}

  /** How many were met. */
  get size(): number {
    return this.known.size;
  }

  /** Resolves when the server has heard of all of them. */
  async register(externalIds: Iterable<string | undefined>): Promise<void> {
    const lines: string[] = [];
    for (const externalId of externalIds) {
      if (externalId === undefined || this.known.has(externalId)) continue;
      this.known.add(externalId);
      // A file of tickets knows no names.
      lines.push(JSON.stringify({ externalId, name: externalId }));
    }
    if (lines.length === 0) return;
    // Somebody who is registered already keeps the name that they have; an id that the server
    // refuses comes back with its tickets as `participant_not_found`.
    await postInsistently(this.server, PATH, { lines, patience: this.patience });
  }
}
