/** The environment variables of this process; a variable that is not set is undefined. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
