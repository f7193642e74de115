import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NotPlain, openPlain, readPlain, readPlainSync } from '../../src/files/plain.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-plain-'))
const at = (name: string) => join(folder, name)

/** What a file may have become; each with what is said of it. */
const SPECIAL: Record<string, [make: (path: string) => void, what: string]> = {
  'a pipe': [(path) => execFileSync('mkfifo', [path]), 'special'],
  'a folder': [(path) => mkdirSync(path), 'folder'],
  'a device without end': [(path) => symlinkSync('/dev/zero', path), 'special'],
  'a terminal': [(path) => symlinkSync('/dev/ptmx', path), 'special'],
  'a file with a terabyte of nothing': [
    (path) => {
      writeFileSync(path, '')
      truncateSync(path, 2 ** 40)
    },
    'large',
  ],
}

const refusal = async (read: () => unknown): Promise<unknown> => {
  try {
    return await read()
  } catch (error) {
    return error instanceof NotPlain ? error.what : (error as NodeJS.ErrnoException).code
  }
}

describe('a file that is read', () => {
  for (const [name, [make, what]] of Object.entries(SPECIAL)) {
    it(`is refused when it is ${name}`, async () => {
      const path = at(name)
      make(path)
      expect(await refusal(() => readPlain(path))).toBe(what)
      expect(await refusal(() => readPlainSync(path))).toBe(what)
      if (what !== 'large') expect(await refusal(() => openPlain(path))).toBe(what)
    })
  }

  it('is refused when its links lead in a circle', async () => {
    symlinkSync(at('one'), at('other'))
    symlinkSync(at('other'), at('one'))
    expect(await refusal(() => readPlain(at('one')))).toBe('ELOOP')
    expect(await refusal(() => readPlainSync(at('one')))).toBe('ELOOP')
  })

  it('is read whole, through links too, whatever size the system tells', async () => {
    for (const bytes of [0, 1, 65_535, 65_536, 200_001]) {
      const content = Buffer.alloc(bytes, 'ab\n')
      writeFileSync(at('plain'), content)
      expect((await readPlain(at('plain'))).equals(content)).toBe(true)
      expect(readPlainSync(at('plain')).equals(content)).toBe(true)
    }
    symlinkSync(at('plain'), at('link'))
    expect(readPlainSync(at('link'))).toHaveLength(200_001)
    // Has no size before it is read.
    if (process.platform === 'linux') {
      expect(readPlainSync('/proc/self/status').toString()).toContain('Pid:')
      expect((await readPlain('/proc/self/status')).toString()).toContain('Pid:')
    }
  })

  it('is read up to its bound and not a byte beyond', async () => {
    writeFileSync(at('bounded'), 'x'.repeat(100))
    expect(await readPlain(at('bounded'), 100)).toHaveLength(100)
    expect(readPlainSync(at('bounded'), 100)).toHaveLength(100)
    expect(await refusal(() => readPlain(at('bounded'), 99))).toBe('large')
    expect(await refusal(() => readPlainSync(at('bounded'), 99))).toBe('large')
    if (process.platform === 'linux') expect(await refusal(() => readPlain('/proc/self/status', 10))).toBe('large')
  })
})
