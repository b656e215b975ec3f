/** All bits of a name lie within 64 bytes: neighbours in the processor's cache, not four misses. */
const BLOCK_WORDS = 16;
const BLOCKS = 1 << 17;
/** Within a block of 512 bits. */
const BIT_MASK = BLOCK_WORDS * 32 - 1;

/**
 * Tells that a name was never seen, or that it may have been (a Bloom filter of 8 MiB, four bits a
 * name: about 1 % false positives at 6 million names). A new stream, as every ticket is one, then
 * needs no look-up in the table of all streams.
 */
export class NameFilter {
  private readonly words = new Uint32Array(BLOCKS * BLOCK_WORDS);
  /** Who asks for a new name adds it next: it is hashed once. */
  private hashed: string | undefined;
  private first = 0;
  private second = 0;

  add(name: string): void {
    this.hash(name);
    const { words, first, second } = this;
    const block = blockOf(first);
    set(words, block, second);
    set(words, block, second >>> 9);
    set(words, block, second >>> 18);
    set(words, block, first >>> 17);
  }

  mayHave(name: string): boolean {
    this.hash(name);
    const { words, first, second } = this;
    const block = blockOf(first);
    return (
      isSet(words, block, second) &&
      isSet(words, block, second >>> 9) &&
      isSet(words, block, second >>> 18) &&
      isSet(words, block, first >>> 17)
    );
  }

  /** Two 32-bit FNV-1a hashes with different starts and factors, mixed so that every bit counts. */
  private hash(name: string): void {
    if (name === this.hashed) return;
    let a = 0x811c9dc5;
    let b = 0x9747b28c;
    for (let i = 0; i < name.length; i += 1) {
      const code = name.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x5bd1e995);
    }
    this.hashed = name;
    this.first = mixed(a);
    this.second = mixed(b);
  }
}

function blockOf(hash: number): number {
  return (hash & (BLOCKS - 1)) * BLOCK_WORDS;
}

function set(words: Uint32Array, block: number, bits: number): void {
  const bit = bits & BIT_MASK;
  const word = block + (bit >>> 5);
  words[word] = (words[word] ?? 0) | (1 << (bit & 31));
}

function isSet(words: Uint32Array, block: number, bits: number): boolean {
  const bit = bits & BIT_MASK;
  return ((words[block + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) !== 0;
}

/** The finaliser of MurmurHash3. */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
