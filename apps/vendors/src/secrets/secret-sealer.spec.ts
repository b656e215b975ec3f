import { SecretSealer } from './secret-sealer';

describe('a vendor’s secret', () => {
  it('is opened by the key that sealed it, and never sealed alike twice', () => {
    const sealer = new SecretSealer('key of the house');
    const sealed = sealer.seal('whsec_abc');
    expect(sealed).not.toContain('whsec');
    expect(sealer.seal('whsec_abc')).not.toBe(sealed);
    expect(sealer.open(sealed)).toBe('whsec_abc');
  });

  it('is not opened by another key, nor when it was changed', () => {
    const sealed = new SecretSealer('key of the house').seal('whsec_abc');
    expect(() => new SecretSealer('another key').open(sealed)).toThrow('the key is another one');
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    expect(() => new SecretSealer('key of the house').open(changed)).toThrow();
    expect(() => new SecretSealer('key of the house').open('abc')).toThrow('unknown format');
  });
});
