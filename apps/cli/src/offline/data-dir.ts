/** The server's own default. */
export function dataDirOf(given: string | undefined): string {
  return given ?? (process.env['FIDELIS_DATA_DIR'] || './data');
}
