import { access, glob } from 'node:fs/promises'
import { resolve } from 'node:path'

/** Which of some names and patterns stand for files that are there; seen from `home`. */
export async function presentFiles(
  home: string,
  names: readonly string[],
): Promise<{ found: string[]; missing: string[] }> {
  const found: string[] = []
  const missing: string[] = []
  for (const name of names) {
    const list = (await isThere(resolve(home, name))) || (await matchesAny(home, name)) ? found : missing
    list.push(name)
  }
  return { found, missing }
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

async function matchesAny(home: string, pattern: string): Promise<boolean> {
  if (!/[*?[{]/.test(pattern)) return false
  for await (const _ of glob(pattern, { cwd: home })) return true
  return false
}
