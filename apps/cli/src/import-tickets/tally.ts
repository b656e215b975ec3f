/** What became of the tickets; `read` counts those that have their outcome. */
export class Tally {
  accepted = 0;
  duplicate = 0;
  rejected = 0;

  get read(): number {
    return this.accepted + this.duplicate + this.rejected;
  }

  toString(): string {
    const { read, accepted, duplicate, rejected } = this;
    return `read ${read} = accepted ${accepted} + duplicate ${duplicate} + rejected ${rejected}`;
  }
}
