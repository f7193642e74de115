import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own, small enough to be filled. */
export interface SmallDisk {
  dir: string
  fill: () => void
  free: () => void
  remove: () => void
}

/** Mounts a small disk in memory; undefined where that is not allowed (it takes root). */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'baton-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'baton-faults', dir], {
    stdio: 'ignore',
  })
  if (mounted.status !== 0) {
    rmdirSync(dir)
    return undefined
  }
  const ballast = join(dir, 'ballast')
  return {
    dir,
    fill: () => {
      const file = openSync(ballast, 'a')
      try {
        for (const bytes of [1024 * 1024, 4096, 64]) writeUntilFull(file, Buffer.alloc(bytes, 'x'))
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove: () => {
      execFileSync('umount', ['-l', dir])
      rmdirSync(dir)
    },
  }
}

function writeUntilFull(file: number, chunk: Buffer): void {
  try {
    while (writeSync(file, chunk) === chunk.length);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

/** Lets every write of a process beyond the first bytes of a file fail, or no longer; false where that is not possible. */
export function limitWrites(pid: number, limited: boolean): boolean {
  const limit = limited ? '4096:' : 'unlimited:'
  return spawnSync('prlimit', ['--pid', String(pid), `--fsize=${limit}`], { stdio: 'ignore' }).status === 0
}

/** Why writes cannot be made to fail here, in words. */
export function missingLimits(): string | undefined {
  const { error } = spawnSync('prlimit', ['--version'], { stdio: 'ignore' })
  if (error) return 'it needs prlimit (of util-linux), which is not installed'
  return limitWrites(process.pid, false) ? undefined : 'it needs prlimit, which may not set limits here'
}
