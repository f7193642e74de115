import { accessSync, constants, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type DoctorCheck, named } from './check.ts'

const LITTLE_BYTES = 1_000_000_000
const TOO_LITTLE_BYTES = 50_000_000

/** Can it be written, or made? Nothing is left behind. */
export function checkFolder(name: string, path: string, key: string): DoctorCheck {
  const check = named(name, { needed: true })
  try {
    if (existsSync(path)) {
      if (!statSync(path).isDirectory())
        return check.fail(`${path} is not a folder`, `Move it away, or set ${key} in config.yaml.`)
      rmSync(mkdtempSync(join(path, '.doctor-')), { recursive: true })
      return check.ok(path)
    }
    accessSync(existing(path), constants.W_OK)
    return check.ok(`${path}, created when needed`)
  } catch (error) {
    return check.fail(
      `${path} is not writable (${(error as NodeJS.ErrnoException).code})`,
      `Give yourself write permission, or set ${key} in config.yaml.`,
    )
  }
}

export async function checkDisk(path: string): Promise<DoctorCheck> {
  const check = named('disk', { needed: true })
  const { bavail, bsize } = await statfs(existing(path))
  return judgeSpace(check, bavail * bsize)
}

export function judgeSpace(check: ReturnType<typeof named>, freeBytes: number): DoctorCheck {
  const free = freeBytes >= 1e9 ? `${(freeBytes / 1e9).toFixed(0)} GB free` : `${(freeBytes / 1e6).toFixed(0)} MB free`
  if (freeBytes < TOO_LITTLE_BYTES) return check.fail(free, 'Free some space: nothing can be stored.')
  return freeBytes < LITTLE_BYTES ? check.warn(free, 'Free some space.') : check.ok(free)
}

/** The nearest folder above that exists. */
const existing = (path: string): string => (existsSync(path) || dirname(path) === path ? path : existing(dirname(path)))
