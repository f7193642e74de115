/** The server of an address, the same however that is written: without its scheme, who logs in there, capitals and its path. */
export function serverIn(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/[/?#].*$/, '')
    .replace(/:(443|80)$/, '')
}
