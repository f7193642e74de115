import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { readPlainSync } from '../files/plain.ts'

/** Where tasks work when Baton's home is Baton's own checkout. */
export const WORK_FOLDER = 'work'

/** The parts of the program's folder that are the program; everything else there is its user's. */
const PROGRAM_PARTS = ['bin', 'dist', 'node_modules', 'scripts', 'src']

/** The home is a checkout of Baton: the one that runs, or another one, as where it is mounted into a container. */
export function isOwnCheckout(home: string, program: string): boolean {
  return (
    realPath(home) === realPath(program) || (existsSync(join(home, 'bin/baton.js')) && nameOf(home) === nameOf(program))
  )
}

function nameOf(folder: string): unknown {
  try {
    return (JSON.parse(readPlainSync(join(folder, 'package.json')).toString('utf8')) as { name?: unknown }).name
  } catch {
    return undefined
  }
}

/**
 * Would an agent that works in `folder` work on the program? It would in the program's folder, in one above it, and in the
 * parts of it. A program below `node_modules` was installed into a folder of the user's: that folder is the user's.
 */
export function holdsProgram(folder: string, program: string): boolean {
  const [here, there] = [realPath(folder), realPath(program)]
  const down = relative(here, there)
  if (isInside(down)) return !down.split(sep).includes('node_modules')
  const up = relative(there, here)
  return isInside(up) && PROGRAM_PARTS.includes(up.split(sep)[0] ?? '')
}

const isInside = (path: string): boolean => path !== '..' && !path.startsWith(`..${sep}`) && !path.startsWith(sep)

/** Through all links; what does not exist yet counts from the nearest folder above that does. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync.native(path)
  return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path))
}
