import { chmodSync, existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { aHome, baton, type Home, REHEARSED, tasks } from './program.ts'

const GOOD = { 'today.md': tasks('say hello') }

/** Refused with 2, one clear line, and nothing started. */
async function refusal(home: Home, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await baton(home, args, env)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/^error: .+/m)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(existsSync(join(home.dir, '.agent'))).toBe(false)
  return stderr
}

describe('nothing is started, and one clear line says why, for', () => {
  it('an unknown option or command, with the nearest name', async () => {
    const home = aHome(GOOD)
    expect(await refusal(home, ['tasks', 'today.md', '--auto-aprove'])).toContain(
      "error: Unknown option '--auto-aprove' (Did you mean --auto-approve?)\n",
    )
    expect(await refusal(home, ['aprove'])).toContain("error: Unknown command 'aprove' (Did you mean approve?)\n")
    expect(await refusal(home, ['tasks', '--only', 'x'])).toContain('Write task numbers, such as 1,3 or 2-5.')
    expect(await refusal(home, ['tasks', '--resume', '--all'])).toContain('--resume continues the run')
    expect(await refusal(home, ['approve', 'everything'])).toContain('A task is named by its number')
  })

  it.each([
    ['a file that is not there', 'no.md', undefined, /no\.md/],
    ['a folder', 'folder', undefined, /folder/],
    ['a binary file', 'a.md', Buffer.from([0, 1, 2, 255, 254, 0]), /a\.md/],
    ['an empty file', 'a.md', '', /a\.md/],
    ['a file without tasks', 'a.md', '# Only words\n', /a\.md/],
    ['duplicate numbers', 'a.md', `${tasks('say a')}\n${tasks('say b')}`, /a\.md:\d+:\d+: .*Task 1/],
    ['an unknown dependency', 'a.md', tasks({ fields: '**Depends On:** Task 7\n', act: 'say a' }), /a\.md:\d+:\d+/],
    [
      'a circle',
      'a.md',
      tasks({ fields: '**Depends On:** Task 2\n', act: 'say a' }, { fields: '**Depends On:** Task 1\n', act: 'say b' }),
      /a\.md:\d+:\d+: .*(1.*2|2.*1)/,
    ],
  ])('%s', async (_what, name, content, words) => {
    const home = aHome({})
    mkdirSync(join(home.dir, 'folder'))
    if (content !== undefined) home.write(name, content)
    expect(await refusal(home, ['tasks', name])).toMatch(words)
    expect(existsSync(join(home.dir, '.baton', 'baton.db'))).toBe(false)
  })

  it('a file of 3 GB, which cannot even be read, without trying', async () => {
    const home = aHome({ 'a.md': '' })
    truncateSync(join(home.dir, 'a.md'), 3_000_000_000)
    expect(await refusal(home, ['tasks', 'a.md'])).toMatch(/is 2861 MiB; a task file can be at most 10/)
  })

  it.each([
    ['a wrong type', 'retries: many\n', /config\.yaml:1:\d+: .*retries/],
    ['an unknown key', 'retires: 3\n', /config\.yaml:1:1: .*retires[\s\S]*retries/],
    ['broken YAML', 'claude: [\n', /config\.yaml:\d+:\d+: /],
  ])('a configuration with %s', async (_what, config, words) => {
    expect(await refusal(aHome({ ...GOOD, 'config.yaml': config }), ['tasks', 'today.md'])).toMatch(words)
  })

  it('a project folder that is missing', async () => {
    const home = aHome({ ...GOOD, 'config.yaml': `project: nowhere\n${REHEARSED}` })
    expect(await refusal(home, ['tasks', 'today.md'])).toMatch(/nowhere/)
  })

  it('a state database of a newer version', async () => {
    const home = aHome(GOOD)
    mkdirSync(join(home.dir, '.baton'))
    const db = new DatabaseSync(join(home.dir, '.baton', 'baton.db'))
    db.exec('PRAGMA user_version = 999')
    db.close()
    expect(await refusal(home, ['tasks', 'today.md'])).toContain('newer Baton')
    expect(await refusal(home, ['status'])).toContain('newer Baton')
  })

  it('a folder of logs that cannot be written', async () => {
    const home = aHome({ ...GOOD, 'config.yaml': `logs: taken/logs\n${REHEARSED}`, taken: 'a file, not a folder' })
    expect(await refusal(home, ['tasks', 'today.md'])).toMatch(
      /error: The folder for logs, .*taken\/logs, cannot be written/,
    )
  })

  it.runIf(process.platform === 'linux')('folders where none can be made', async () => {
    const home = aHome({ ...GOOD, 'config.yaml': `logs: /proc/baton/logs\n${REHEARSED}` })
    expect(await refusal(home, ['tasks', 'today.md'])).toContain('error: The folder for logs, /proc/baton/logs, cannot')
    home.write('config.yaml', `state: /proc/baton\n${REHEARSED}`)
    expect(await refusal(home, ['start'])).toContain('error: The folder for the state, /proc/baton, cannot')
  })

  it('a task that the latest run does not have, with those that it has', async () => {
    const home = aHome({ 'today.md': tasks('say a', 'say b', 'say c') })
    await baton(home, ['tasks', 'today.md', '--only', '1,3'])
    const said = 'error: There is no task 2.\n  The latest run has 1, 3; --status lists them.\n'
    expect((await baton(home, ['logs', '2'])).stderr).toBe(said)
    expect((await baton(home, ['diff', '2'])).stderr).toBe(said)
  })

  it('a Claude that is missing, too old or not logged in', async () => {
    const fake = (version: string) =>
      `#!/bin/sh\nif [ "$1" = --version ]; then echo "${version} (Claude Code)"; else echo '{"loggedIn":false}'; fi\n`
    const home = aHome({ ...GOOD, 'config.yaml': 'claude:\n  command: ./nowhere/claude\n' })
    expect(await refusal(home, ['tasks', 'today.md'])).toContain('error: Claude Code was not found: ')
    home.write('config.yaml', 'claude:\n  command: ./claude\n')
    writeFileSync(join(home.dir, 'claude'), fake('1.0.3'))
    chmodSync(join(home.dir, 'claude'), 0o755)
    expect(await refusal(home, ['tasks', 'today.md'])).toContain('error: Claude Code 1.0.3 is too old')
    writeFileSync(join(home.dir, 'claude'), fake('2.1.330'))
    expect(await refusal(home, ['tasks', 'today.md'])).toContain('error: Claude Code is not logged in.')
  })
})

it('needs no Claude for tasks that run commands', async () => {
  const file = '## Task 1: Just a command\n**Run:**\n- echo ran > ran.txt\n'
  const home = aHome({ 'today.md': file, 'config.yaml': 'claude:\n  command: ./nowhere/claude\n' })
  expect((await baton(home, ['tasks', 'today.md'])).exitCode).toBe(0)
  expect(home.read('ran.txt')).toBe('ran\n')
})

it('lists all problems of all files with check, and starts nothing', async () => {
  const home = aHome({ 'a.md': '## Task 1: No instruction\n', 'b.md': '## Task 1: Neither\n' })
  const { exitCode, stdout } = await baton(home, ['check', 'a.md', 'b.md'])
  expect(exitCode).toBe(2)
  expect(stdout).toMatch(/^a\.md:1:\d+: /m)
  expect(stdout).toMatch(/^b\.md:1:\d+: /m)
  home.write('c.md', '## Task 1: One\n**Depends On:** 9\n**Run:** true\n\n## Task 2: No instruction\n')
  const { stdout: inOrder } = await baton(home, ['check', 'c.md', 'a.md'])
  expect(inOrder.match(/^\w\.md:\d+/gm)).toEqual(['c.md:2', 'c.md:5', 'a.md:1'])
  expect((await baton(aHome(GOOD), ['check', 'today.md'])).stdout).toBe('1 task in 1 file: no errors\n')
})
