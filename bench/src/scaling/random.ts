/** Numbers in [0, 1) that a seed repeats: a 32-bit mixer, good enough for queues and draws. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Share of each of `keys` keys; key k has a weight of 1 / (k + 1) ^ exponent. 0: all alike. */
export function zipfShares(keys: number, exponent: number): Float64Array {
  const shares = new Float64Array(keys);
  let sum = 0;
  for (let key = 0; key < keys; key += 1) {
    const weight = 1 / (key + 1) ** exponent;
    shares[key] = weight;
    sum += weight;
  }
  return shares.map((weight) => weight / sum);
}

/** Draws keys by their shares. */
export function drawOf(shares: Float64Array, random: () => number): () => number {
  const upTo = new Float64Array(shares.length);
  let sum = 0;
  shares.forEach((share, key) => {
    sum += share;
    upTo[key] = sum;
  });
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
