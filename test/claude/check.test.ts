import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkClaude } from '../../src/claude/start/check.ts'
import { isOlder, readVersion } from '../../src/claude/start/version.ts'
import { REHEARSAL } from '../support/rehearsal-agent.ts'

let home: string
/** Of folders that everybody may search. */
const PATH = '/usr/local/bin:/usr/bin:/bin'

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'baton-check-'))
})
afterEach(() => rmSync(home, { recursive: true }))

/** A program that tells a version, and on `auth status` prints this. */
function fakeClaude(version: string, authStatus = ''): string[] {
  const file = join(home, 'claude')
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; else echo '${authStatus}'; fi\n`)
  chmodSync(file, 0o755)
  return [file]
}

describe('the look for Claude Code', () => {
  it('says in one line that it is not there, and what to do', async () => {
    const check = await checkClaude(['claude-that-is-not-there'], { PATH, HOME: home }, home)
    expect(check).toMatchObject({ found: false, problem: 'Claude Code was not found: claude-that-is-not-there' })
    expect(check.todo).toContain('npm install -g @anthropic-ai/claude-code')
  })

  it('says that it cannot be run, or is something else', async () => {
    expect(await checkClaude([home], { PATH }, home)).toMatchObject({
      found: true,
      problem: `${home} cannot be run: ${home} is a folder`,
    })
    const plain = join(home, 'plain')
    writeFileSync(plain, '')
    expect(await checkClaude(['plain'], { PATH: `${home}:${PATH}` }, home)).toEqual({
      found: true,
      problem: `plain cannot be run: ${plain} is not executable`,
      todo: `Make it executable: chmod +x ${plain}`,
    })
    expect((await checkClaude(fakeClaude('hello'), { PATH }, home)).problem).toContain('does not tell a version: hello')
  })

  it.runIf(process.getuid?.() !== 0)('names a folder of PATH that it cannot search (not as root)', async () => {
    const closed = join(home, 'closed')
    mkdirSync(closed, { mode: 0 })
    const check = await checkClaude(['claude-that-is-not-there'], { PATH: `${closed}:${PATH}` }, home)
    chmodSync(closed, 0o700)
    expect(check.found).toBe(false)
    expect(check.problem).toBe(
      `Claude Code was not found: claude-that-is-not-there was not found; the folder ${closed} of PATH cannot be searched (no permission), so it may be there`,
    )
  })

  it('refuses a version that is too old', async () => {
    const check = await checkClaude(fakeClaude('2.0.14 (Claude Code)'), { PATH, HOME: home }, home)
    expect(check.problem).toBe('Claude Code 2.0.14 is too old; Baton needs 2.1.197 or newer')
  })

  it('asks Claude itself about the login where nothing else tells', async () => {
    const version = '2.1.330 (Claude Code)'
    const env = { PATH, HOME: home }
    expect(await checkClaude(fakeClaude(version, '{"loggedIn": false}'), env, home)).toMatchObject({
      loggedIn: false,
      problem: 'Claude Code is not logged in',
    })
    expect(await checkClaude(fakeClaude(version, '{"loggedIn": true}'), env, home)).toEqual({
      found: true,
      version: '2.1.330',
      loggedIn: true,
    })
    expect(await checkClaude(fakeClaude(version, 'unknown command'), env, home)).toEqual({
      found: true,
      version: '2.1.330',
    })
  })

  it('sees a login in the environment or in the stored credentials without a second start', async () => {
    const command = fakeClaude('2.1.330 (Claude Code)', '{"loggedIn": false}')
    expect((await checkClaude(command, { PATH, ANTHROPIC_API_KEY: 'sk' }, home)).loggedIn).toBe(true)
    mkdirSync(join(home, '.claude'))
    writeFileSync(join(home, '.claude/.credentials.json'), JSON.stringify({ claudeAiOauth: { accessToken: 'x' } }))
    expect((await checkClaude(command, { PATH, HOME: home }, home)).loggedIn).toBe(true)
    writeFileSync(join(home, '.claude/.credentials.json'), 'half of a fi')
    expect((await checkClaude(command, { PATH, HOME: home }, home)).loggedIn).toBe(false)
  })

  it('takes the rehearsal agent for what it is', async () => {
    expect(await checkClaude(REHEARSAL, { PATH }, home)).toEqual({ found: true, version: '0.0.0', loggedIn: true })
  })

  it('does not take a missing folder for a missing program', async () => {
    const check = await checkClaude(fakeClaude('2.1.330', '{"loggedIn": true}'), { PATH }, join(home, 'nowhere'))
    expect(check).toMatchObject({ found: true, loggedIn: true })
  })
})

describe('versions', () => {
  it('are read from the beginning of a line and compared number by number', () => {
    expect(readVersion('2.1.330 (Claude Code)')).toEqual([2, 1, 330])
    expect(readVersion('v2.1')).toBeUndefined()
    expect(isOlder('2.1.99', [2, 1, 197])).toBe(true)
    expect(isOlder('2.1.197', [2, 1, 197])).toBe(false)
    expect(isOlder('3.0.0', [2, 1, 197])).toBe(false)
    expect(isOlder('rehearsal', [2, 1, 197])).toBe(false)
  })
})
