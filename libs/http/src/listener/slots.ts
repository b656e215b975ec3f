/**
 * Things under numbers that are used again. In a `Map` whose keys come and go, each table that the
 * engine gave up points to the next one: once one of them is old, all that was ever in them stays
 * until a full collection.
 */
export class Slots<Thing> {
  private readonly things: (Thing | undefined)[] = [];
  private readonly free: number[] = [];

  get size(): number {
    return this.things.length - this.free.length;
  }

  put(thing: Thing): number {
    const slot = this.free.pop() ?? this.things.length;
    this.things[slot] = thing;
    return slot;
  }

  take(slot: number): Thing | undefined {
    const thing = this.things[slot];
    if (thing === undefined) return undefined;
    this.things[slot] = undefined;
    this.free.push(slot);
    return thing;
  }
}
