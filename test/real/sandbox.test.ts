import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sandboxProblem } from '../../src/claude/start/sandbox.ts'
import { runs, says } from '../support/messages-replies.ts'
import { createRealBaton } from '../support/real-baton.ts'

const problem = await sandboxProblem()
const why = problem === undefined ? '' : ` (skipped: ${problem})`

const CHANGED = [
  'config.yaml',
  '.env',
  '.baton/new',
  'logs/new',
  '.mcp.json',
  '.claude/settings.json',
  '.git/hooks/new',
  '.git/config',
]

/** What an agent could have written into the project's settings before. */
const LIFTING = {
  sandbox: {
    enabled: false,
    failIfUnavailable: false,
    allowUnsandboxedCommands: true,
    excludedCommands: ['*', 'cat *'],
    filesystem: { allowWrite: ['/'], allowRead: ['/'] },
  },
}

/** The agent tries to read secrets and to change what decides about later runs; gives what it saw and what is changed. */
async function attack(sandbox: 'on' | 'off') {
  let seen = ''
  const command = [
    'cat .env .baton/api-token .baton/inbox/letter.txt 2>&1',
    ...CHANGED.map((path) => `mkdir -p $(dirname ${path}) 2>/dev/null; echo "# mark" >> ${path}`),
    'echo own > own.txt',
    'curl -s -m 3 "$ANTHROPIC_BASE_URL" > /dev/null && echo reached',
    ...CHANGED.map((path) => `grep -qs "# mark" ${path} && echo "changed ${path}"`),
    'setsid -f sleep 300',
    'true',
  ].join('\n')
  await using baton = await createRealBaton(
    '## Task 1: Attack\n**Claude Instruction:**\nAttack.\n',
    { claude: `  sandbox: "${sandbox}"\n  permission_mode: bypassPermissions\n`, more: 'guard: "off"\n' },
    ({ toolResults }) => {
      if (toolResults.length === 0) return runs('sh attack.sh')
      seen += toolResults.map(({ text }) => text).join('\n')
      return says('Done.')
    },
    { ANTHROPIC_API_KEY: 'sk-ant-test', IS_SANDBOX: '1' },
  )
  const { home } = baton
  // In a script, which the guard before a call cannot look into.
  home.write('attack.sh', command)
  home.write('.env', 'OTHER=the-secret-in-env\n')
  home.write('.claude/settings.json', JSON.stringify(LIFTING))
  home.write('.baton/inbox/letter.txt', 'the-letter')
  home.write('.baton/api-token', 'the-secret-in-the-state-folder')
  await baton.up()
  await baton.run()
  await baton.until('the end', async () => (await baton.task()).status === 'done' || undefined)
  const isMarked = (path: string) =>
    existsSync(join(home.dir, path)) && readFileSync(join(home.dir, path), 'utf8').includes('# mark')
  const reached = CHANGED.filter((path) => seen.includes(`changed ${path}`))
  return { seen, reached, changed: CHANGED.filter(isMarked), own: home.read('own.txt') }
}

describe.skipIf(problem !== undefined)(`Claude in its sandbox${why}`, () => {
  it('reads no secrets and changes nothing that decides about later runs, even when everything is permitted', async () => {
    const { seen, changed, own } = await attack('on')
    expect(own).toBe('own\n')
    expect(changed).toEqual([])
    expect(seen).not.toContain('the-secret')
    expect(seen).not.toContain('reached')
    expect(seen).toContain('the-letter')
  })

  it('control: without it the same commands reach all of it', async () => {
    const { seen, reached } = await attack('off')
    // Some of it Baton gives back once the attempt is over.
    expect(reached.length).toBeGreaterThanOrEqual(CHANGED.length - 1)
    expect(seen).toContain('the-secret-in-env')
    expect(seen).toContain('the-letter')
  })
})

describe.skipIf(problem !== undefined)(`Claude in its sandbox, in a worktree outside of the state folder${why}`, () => {
  it('changes nothing but its own worktree: not the checkout, the shared repository, or the worktree of another task', async () => {
    const worktrees = mkdtempSync(join(realpathSync(tmpdir()), 'baton-sandboxed-'))
    onTestFinished(() => rmSync(worktrees, { recursive: true, force: true }))
    let seen = ''
    await using baton = await createRealBaton(
      '## Task 1: Attack\n**Claude Instruction:**\nAttack.\n',
      {
        claude: '  sandbox: "on"\n  permission_mode: bypassPermissions\n',
        more: `guard: "off"\nworkspace: worktree\nworktree: {dir: ${JSON.stringify(worktrees)}, copy: [.env]}\n`,
      },
      ({ toolResults }) => {
        if (toolResults.length === 0) return runs('sh attack.sh')
        seen += toolResults.map(({ text }) => text).join('\n')
        return says('Done.')
      },
      { ANTHROPIC_API_KEY: 'sk-ant-test', IS_SANDBOX: '1' },
    )
    const { home } = baton
    const dir = realpathSync(home.dir)
    const others = ['config.yaml', 'tasks/today.md', '.git/hooks/new', '.git/config', 'new.txt'].map((path) =>
      join(dir, path),
    )
    const targets = [...others, join(worktrees, 'main/baton-tree-7/new.txt')]
    home.write(
      'attack.sh',
      [
        `cat .env ${dir}/.env ${dir}/.baton/api-token 2>&1`,
        ...targets.map((path) => `mkdir -p $(dirname ${path}) 2>/dev/null; echo "# mark" >> ${path}`),
        'git config core.fsmonitor evil',
        'echo own > own.txt',
        'true',
      ].join('\n'),
    )
    home.write('.env', 'OTHER=the-secret-in-env\n')
    home.write('.baton/api-token', 'the-secret-in-the-state-folder')
    home.write('.gitignore', '.baton/\nlogs/\nsessions/\n.env\n')
    for (const args of [
      ['add', '-A'],
      ['commit', '-q', '-m', 'Begin'],
    ])
      home.git(...args)
    await baton.up()
    await baton.run()
    await baton.until('the end', async () => (await baton.task()).status === 'done' || undefined)
    expect(seen).not.toContain('the-secret')
    expect(targets.filter((path) => existsSync(path) && readFileSync(path, 'utf8').includes('# mark'))).toEqual([])
    const [branch = ''] = home.git('branch', '--format=%(refname:short)', '--list', 'baton/*/merged').split('\n')
    expect(home.git('show', `${branch}:own.txt`)).toBe('own\n')
    expect(readFileSync(join(dir, '.git/config'), 'utf8')).not.toContain('evil')
  })
})
