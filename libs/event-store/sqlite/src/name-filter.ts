/** 8 MiB: below 1 % false positives up to about 7 million names, at 4 probes a name. */
const WORDS = 1 << 21;
const BIT_MASK = WORDS * 32 - 1;
const PROBES = 4;

/**
 * Tells that a name was never seen, or that it may have been (a Bloom filter). A new stream, as
 * every ticket is one, then needs no look-up in the table of all streams.
 */
export class NameFilter {
  private readonly words = new Uint32Array(WORDS);

  add(name: string): void {
    const [first, step] = hashesOf(name);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = (first + probe * step) & BIT_MASK;
      const word = bit >>> 5;
      this.words[word] = (this.words[word] ?? 0) | (1 << (bit & 31));
    }
  }

  mayHave(name: string): boolean {
    const [first, step] = hashesOf(name);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = (first + probe * step) & BIT_MASK;
      if (((this.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** Two 32-bit FNV-1a hashes with different starts; the second is odd, so that probes differ. */
function hashesOf(name: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995);
  }
  return [(a ^ (a >>> 15)) >>> 0, ((b ^ (b >>> 13)) | 1) >>> 0];
}
