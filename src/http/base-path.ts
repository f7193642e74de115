/** The path that all of the public addresses begin with, without a slash at its end: `/baton`, or nothing. */
export function basePathOf(url: string | undefined): string {
  return url === undefined ? '' : new URL(url).pathname.replace(/\/+$/, '')
}

/**
 * What a request asks for, without that path: the proxy in front may have taken it away already, or not. The first words
 * of our own routes cannot be such a path, so the two are never mistaken for each other.
 */
export function belowBase(base: string, address: string): string {
  if (base === '' || !address.startsWith(base)) return address
  const rest = address.slice(base.length)
  if (rest.startsWith('/')) return rest
  return rest === '' || rest.startsWith('?') ? `/${rest}` : address
}
