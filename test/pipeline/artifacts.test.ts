import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createArtifactStore } from '../../src/pipeline/artifacts.ts'

let dir: string
const STEP = { runId: 'run', number: 1 }
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-artifacts-'))
  mkdirSync(join(dir, 'tree/out'), { recursive: true })
  mkdirSync(join(dir, 'next'))
  writeFileSync(join(dir, 'tree/out/app'), 'v1')
  chmodSync(join(dir, 'tree/out/app'), 0o755)
  symlinkSync('app', join(dir, 'tree/out/current'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const keep = () => {
  const store = createArtifactStore(join(dir, 'store'))
  return { store, built: store.keep(STEP, join(dir, 'tree'), ['out']) }
}

test('what a step built is what a later one gets: names, content, rights and links', () => {
  const { store, built } = keep()
  expect(built).toMatchObject([{ path: 'out', files: 2, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }])
  store.place(STEP, join(dir, 'next'), built)
  expect(readFileSync(join(dir, 'next/out/current'), 'utf8')).toBe('v1')
  expect(statSync(join(dir, 'next/out/app')).mode & 0o111).not.toBe(0)
  expect(store.keep({ ...STEP, number: 2 }, join(dir, 'next'), ['out'])[0]?.digest).toBe(built[0]?.digest)
})

test.each([
  ['another content', () => writeFileSync(join(dir, 'store/run/1/out/app'), 'v2')],
  ['another right', () => chmodSync(join(dir, 'store/run/1/out/app'), 0o644)],
  ['one file more', () => writeFileSync(join(dir, 'store/run/1/out/more'), '')],
  ['nothing left', () => rmSync(join(dir, 'store/run/1'), { recursive: true })],
])('with %s it is refused', (_, change) => {
  const { store, built } = keep()
  change()
  expect(() => store.place(STEP, join(dir, 'next'), built)).toThrow('is not what was built')
})

test.each(['/etc/passwd', '../secret', 'out/../../secret', '.git/config'])('%s is no artifact', (path) => {
  const store = createArtifactStore(join(dir, 'store'))
  expect(() => store.keep(STEP, join(dir, 'tree'), [path])).toThrow('is not below the folder of the step')
})

test('a step that did not build what it says is told so', () => {
  const store = createArtifactStore(join(dir, 'store'))
  expect(() => store.keep(STEP, join(dir, 'tree'), ['dist'])).toThrow('The step did not build dist')
})
