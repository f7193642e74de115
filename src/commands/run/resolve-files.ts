import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Shell } from '../shell/shell.ts'

/**
 * Task files as a person names them: seen from where they stand, also when npm has changed into the clone meanwhile, and
 * else from home, where the daemon would look for them.
 */
export function resolveFiles(
  { home, cwd, env }: Pick<Shell, 'home' | 'cwd' | 'env'>,
  files: readonly string[],
): string[] {
  // npm says which folder its caller was in.
  const places = [cwd, ...(env.INIT_CWD === undefined ? [] : [env.INIT_CWD])].filter((place) => place !== home)
  return files.map((file) => {
    if (existsSync(resolve(home, file)) && cwd === home) return file
    const place = places.find((folder) => existsSync(resolve(folder, file)))
    return place === undefined ? file : resolve(place, file)
  })
}
