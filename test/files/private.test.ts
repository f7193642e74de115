import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openPrivateAppend, privateFile, privateFolder, tighten, writePrivate } from '../../src/files/private.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-private-'))
const at = (name: string) => join(folder, name)
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

const before = process.umask()
afterEach(() => process.umask(before))

describe('what is the user’s alone', () => {
  for (const umask of [0, 0o022, 0o277]) {
    it(`has its rights with the umask ${umask.toString(8)}`, () => {
      const home = at(`umask-${umask}`)
      process.umask(umask)
      privateFolder(join(home, 'a', 'b'))
      writePrivate(join(home, 'written'), 'x')
      privateFile(join(home, 'empty'))
      openPrivateAppend(join(home, 'log'))
      for (const path of ['', 'a', 'a/b']) expect(modeOf(join(home, path)), path).toBe('700')
      for (const path of ['written', 'empty', 'log']) expect(modeOf(join(home, path)), path).toBe('600')
    })
  }

  it('takes away the rights of others from what was there, and gives itself none', () => {
    mkdirSync(at('old'))
    chmodSync(at('old'), 0o755)
    for (const [name, mode] of [
      ['read', 0o444],
      ['shared', 0o666],
    ] as const) {
      writeFileSync(at(`old/${name}`), '')
      chmodSync(at(`old/${name}`), mode)
    }
    privateFolder(at('old'))
    for (const name of ['read', 'shared']) tighten(at(`old/${name}`), lstatSync(at(`old/${name}`)))
    openPrivateAppend(at('old/shared'))
    expect(['old', 'old/read', 'old/shared'].map((name) => modeOf(at(name)))).toEqual(['700', '600', '600'])
  })

  it('is never written in place of a pipe, a folder or a link', () => {
    execFileSync('mkfifo', [at('pipe')])
    mkdirSync(at('folder'))
    writeFileSync(at('elsewhere'), 'theirs')
    symlinkSync(at('elsewhere'), at('link'))
    for (const name of ['pipe', 'folder', 'link']) {
      expect(() => writePrivate(at(name), 'ours'), name).toThrow(/nothing is written there/)
      expect(() => openPrivateAppend(at(name)), name).toThrow()
    }
    expect(readFileSync(at('elsewhere'), 'utf8')).toBe('theirs')
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('is written as a whole and appended to', () => {
    writePrivate(at('whole'), 'one')
    writePrivate(at('whole'), 'two')
    writeFileSync(openPrivateAppend(at('whole')), '!')
    expect(readFileSync(at('whole'), 'utf8')).toBe('two!')
  })
})
