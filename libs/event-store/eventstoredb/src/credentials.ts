export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** `user:password@` behind the scheme, as the client splits it. */
const USER = /^(?<scheme>[^:]+:\/\/)(?<username>[^:/?]+):(?<password>[^@]*)@/;

/**
 * An event store's URL without the credentials in it. The client prints the whole URL when it warns
 * of an option that it does not know, and cuts a password off at a colon: so it never gets to see it.
 *
 * @throws URIError when they are not encoded as parts of a URL are
 */
export function splitCredentials(url: string): {
  readonly address: string;
  readonly credentials: Credentials | undefined;
} {
  const trimmed = url.trim();
  const { scheme = '', username, password } = USER.exec(trimmed)?.groups ?? {};
  if (username === undefined || password === undefined) {
    return { address: trimmed, credentials: undefined };
  }
  return {
    address: trimmed.replace(USER, scheme),
    credentials: {
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    },
  };
}
