export interface SandboxConfig {
  readonly port: number;
  /** As the vendor was registered: signs both ways. */
  readonly secret: string;
  readonly vendorId: string;
  /** Where callbacks go: the gateway. */
  readonly fidelisUrl: string;
}

/** For development only; register the vendor with the same one. */
const DEVELOPMENT_SECRET = 'whsec_c2FuZGJveC12ZW5kb3Itc2VjcmV0LTI0Yg==';

export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
): SandboxConfig {
  const given = (name: string, fallback: string): string => {
    const value = environment[name];
    return value === undefined || value === '' ? fallback : value;
  };
  return {
    port: Number(given('SANDBOX_VENDOR_PORT', '8090')),
    secret: given('SANDBOX_VENDOR_SECRET', DEVELOPMENT_SECRET),
    vendorId: given('SANDBOX_VENDOR_ID', 'sandbox'),
    fidelisUrl: given('FIDELIS_URL', 'http://127.0.0.1:8080').replace(/\/+$/, ''),
  };
}
