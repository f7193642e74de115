import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const BIN = resolve(import.meta.dirname, '../../bin')

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'baton-compiled-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Where a process keeps what it has compiled; empty: nowhere. */
function kept(place: string, temporary: string): string {
  const script = `
    const { keepCompiled } = await import(${JSON.stringify(join(BIN, 'compile-cache.mjs'))})
    keepCompiled(${JSON.stringify(place)})
    process.stdout.write((await import('node:module')).getCompileCacheDir() ?? '')`
  const env = { PATH: process.env.PATH, TMPDIR: temporary }
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env })
}

it('keeps compiled code in a folder of its owner alone, and none among temporary files', () => {
  const temporary = folder()
  const place = join(folder(), 'a/b')
  expect(kept(place, temporary)).toContain(place)
  expect(statSync(place).mode & 0o777).toBe(0o700)
  chmodSync(place, 0o777)
  expect(kept(place, temporary)).toContain(place)
  expect(statSync(place).mode & 0o777).toBe(0o700)
  expect(readdirSync(temporary)).toEqual([])
})

it('keeps none where the place is a link or no folder', () => {
  const dir = folder()
  symlinkSync(folder(), join(dir, 'link'))
  writeFileSync(join(dir, 'file'), '')
  for (const name of ['link', 'file', 'file/below']) expect(kept(join(dir, name), dir), name).toBe('')
})

it('is what the program does', () => {
  const temporary = folder()
  const env = { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary }
  execFileSync(process.execPath, [join(BIN, 'baton.js'), '--version'], { cwd: temporary, env })
  expect(existsSync(join(temporary, 'node-compile-cache'))).toBe(false)
})
