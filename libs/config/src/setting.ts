import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** One setting: where it comes from, what it may be, and what it means to its reader. */
export interface Setting<T> {
  /** Name of the environment variable. */
  readonly variable: string;
  /** One or two sentences for `.env.example` and docs/reference/configuration.md. */
  readonly docs: string;
  readonly fallback: T;
  /** What may be given, in words: `a port, 0 to 65535`. */
  readonly allowed: string;
  /** `undefined`: the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
  /** Never shown, logged or written to documents with its value. */
  readonly secret?: boolean;
}

type About<T> = Pick<Setting<T>, 'variable' | 'docs' | 'fallback'>;

export function wholeNumber(
  about: About<number> & { readonly min: number; readonly max: number },
): Setting<number> {
  const { min, max, ...rest } = about;
  return { ...rest, allowed: `a whole number, ${min} to ${max}`, parse: numberWithin(min, max) };
}

export function optionalNumber(
  about: About<undefined> & { readonly min: number; readonly max: number },
): Setting<number | undefined> {
  const { min, max, ...rest } = about;
  return { ...rest, allowed: `a whole number, ${min} to ${max}`, parse: numberWithin(min, max) };
}

export function text(about: About<string>): Setting<string> {
  return { ...about, allowed: 'a text', parse: (given) => given };
}

export function secret(
  about: About<undefined> & { readonly charactersMin: number },
): Setting<string | undefined> {
  const { charactersMin, ...rest } = about;
  return {
    ...rest,
    secret: true,
    allowed: charactersMin === 1 ? 'a text' : `${charactersMin} characters or more`,
    parse: (given) => (given.length >= charactersMin ? given : undefined),
  };
}

export function optionalText(about: About<undefined>): Setting<string | undefined> {
  return { ...about, allowed: 'a text', parse: (given) => given };
}

/** The name of a file; its value is what the file contains. */
export function certificatesFile(about: About<undefined>): Setting<string | undefined> {
  return { ...about, allowed: 'a readable file of certificates (PEM)', parse: certificatesIn };
}

export function flag(about: About<boolean>): Setting<boolean> {
  return {
    ...about,
    allowed: '1 or 0',
    parse: (given) => (given === '1' ? true : given === '0' ? false : undefined),
  };
}

export function optionalOneOf<const T extends string>(
  about: About<undefined> & { readonly values: readonly T[] },
): Setting<T | undefined> {
  const { values, ...rest } = about;
  return {
    ...rest,
    allowed: `one of ${values.join(', ')}`,
    parse: (given) => values.find((value) => value === given),
  };
}

export function oneOf<const T extends string>(
  about: About<NoInfer<T>> & { readonly values: readonly T[] },
): Setting<T> {
  const { values, ...rest } = about;
  return {
    ...rest,
    allowed: `one of ${values.join(', ')}`,
    parse: (given) => values.find((value) => value === given),
  };
}

/** Where an adapter connects to. A scheme that no adapter serves is refused at the start. */
export function adapterUrl(about: About<string> & { schemes: readonly string[] }): Setting<string> {
  const { schemes, ...rest } = about;
  return {
    ...rest,
    // It may hold a password.
    secret: true,
    allowed: `an address that begins with ${schemes.join(' or ')}`,
    parse: (given) => (schemes.some((scheme) => given.startsWith(scheme)) ? given : undefined),
  };
}

const HTTP_URL = /^https?:\/\/[\w.-]+(:\d{1,5})?$/;

/** Base URLs of a service's replicas, separated by commas. */
export function replicaUrls(about: About<readonly string[]>): Setting<readonly string[]> {
  return {
    ...about,
    allowed: 'http:// or https:// addresses without a path, separated by commas',
    parse: (given) => {
      const urls = given.split(',').map((url) => url.trim().replace(/\/$/, ''));
      return urls.every((url) => HTTP_URL.test(url)) ? urls : undefined;
    },
  };
}

function certificatesIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    new X509Certificate(text).toString(); // throws when it is none
    return text;
  } catch {
    return undefined;
  }
}

function numberWithin(min: number, max: number): (given: string) => number | undefined {
  return (given) => {
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
}
