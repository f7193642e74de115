import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { checkClaude } from '../../src/claude/start/check.ts'
import { knownVersions, programIdentity } from '../../src/claude/start/known-version.ts'

const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`
let home: string
let claude: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'baton-known-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  mkdirSync(join(home, 'state'))
  claude = join(home, 'claude')
  write('2.1.330')
})

/** A program that notes each time that it is asked. */
function write(version: string, first = '#!/usr/bin/env node'): void {
  const script = `${first}
require('node:fs').appendFileSync(${JSON.stringify(join(home, 'asked'))}, process.argv[2] + '\\n')
console.log('${version} (Claude Code)')
`
  writeFileSync(claude, script)
  chmodSync(claude, 0o755)
}

/** The version, and how often it was asked so far. */
async function check(command = [claude], env: Record<string, string> = {}) {
  const given = { PATH, HOME: home, ANTHROPIC_API_KEY: 'x', ...env }
  const { version, problem } = await checkClaude(command, given, home, knownVersions(join(home, 'state')))
  return [problem ?? version, asked()]
}

const kept = () => join(home, 'state', 'claude-version.json')
const asked = () =>
  existsSync(join(home, 'asked')) ? readFileSync(join(home, 'asked'), 'utf8').split('\n').length - 1 : 0

test('A program tells its version once, and again after it has changed in any way', async () => {
  expect(await check()).toEqual(['2.1.330', 1])
  expect(await check()).toEqual(['2.1.330', 1])
  expect(statSync(kept()).mode & 0o777).toBe(0o600)

  // Of the same size.
  write('2.1.331')
  expect(await check()).toEqual(['2.1.331', 2])
  expect(await check()).toEqual(['2.1.331', 2])

  renameSync(claude, join(home, 'claude-other'))
  symlinkSync('claude-other', claude)
  expect(await check()).toEqual(['2.1.331', 3])
  expect(await check(['claude'], { PATH: `${home}:${PATH}` })).toEqual(['2.1.331', 3])
})

test('A login is never kept, and a program that may no longer be run is not said to be there', async () => {
  await check()
  const { problem } = await checkClaude([claude], { PATH, HOME: home }, home, knownVersions(join(home, 'state')))
  expect(problem).toBeUndefined()
  expect(readFileSync(join(home, 'asked'), 'utf8')).toBe('--version\nauth\n')
  chmodSync(claude, 0o644)
  expect((await check())[0]).toBe(`${claude} cannot be run: ${claude} is not executable`)
})

test('One that is too old is asked each time', async () => {
  write('2.0.14')
  expect((await check())[0]).toContain('too old')
  expect(existsSync(kept())).toBe(false)
  const identity = programIdentity([claude], { path: PATH, cwd: home })
  writeFileSync(kept(), JSON.stringify([{ identity, version: '2.0.14' }]))
  expect(await check()).toEqual([expect.stringContaining('too old'), 2])
})

test('What is lost, broken, a folder or not to be written costs a question and nothing else', async () => {
  let times = 0
  for (const spoil of [
    () => {},
    () => rmSync(kept()),
    () => writeFileSync(kept(), '[{"identity":'),
    () => writeFileSync(kept(), readFileSync(kept(), 'utf8').replace('2.1.330', 'whatever you say')),
    () => writeFileSync(kept(), '{"identity":1}'),
    () => writeFileSync(kept(), Buffer.alloc(100_000, ' ')),
    () => {
      rmSync(kept())
      mkdirSync(kept())
    },
    () => {},
  ]) {
    spoil()
    times++
    expect(await check()).toEqual(['2.1.330', times])
  }
})

test('A file that does not say what will run has no identity: more words, a shell script, a shim', () => {
  const place = { path: PATH, cwd: home }
  expect(programIdentity([claude], place)).toBeTypeOf('string')
  expect(programIdentity([claude, '--debug'], place)).toBeUndefined()
  expect(programIdentity(['claude-that-is-not-there'], place)).toBeUndefined()
  write('2.1.330', '#!/bin/sh')
  expect(programIdentity([claude], place)).toBeUndefined()
  write('2.1.330', '#!/usr/bin/env node-that-is-not-there')
  expect(programIdentity([claude], place)).toBeUndefined()
  rmSync(claude)
  symlinkSync(process.execPath, claude)
  expect(programIdentity([claude], place)).toBeUndefined()
})

test('Another Node under it is another program', () => {
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin', 'node'), '#!/bin/sh\n', { mode: 0o755 })
  chmodSync(join(home, 'bin', 'node'), 0o755)
  const other = { path: `${join(home, 'bin')}:${PATH}`, cwd: home }
  expect(programIdentity([claude], other)).not.toBe(programIdentity([claude], { path: PATH, cwd: home }))
})
