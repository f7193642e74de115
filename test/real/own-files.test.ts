import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { judgeCall } from '../../src/protect/judge-call.ts'
import { type OwnFiles, ownFiles } from '../../src/protect/own-files.ts'
import { ownRules } from '../../src/protect/rules.ts'
import { withRealClaude } from '../support/claude-program.ts'
import { startRealClaude } from '../support/claude-real.ts'
import { createHome, type Home, type OpenHome } from '../support/home.ts'
import { startMessagesApi } from '../support/messages-api.ts'
import { calls, type Reply, runs, says } from '../support/messages-replies.ts'

const SECRET = 'the-secret-of-baton-0123456789'

/** What an agent tries, `@` being its folder: what it is called, the call, and how one sees that it went through. */
const TRIES: [string, Reply, (dir: string, told: string) => boolean][] = [
  ['read .env', calls({ name: 'Read', input: { file_path: '@/.env' } }), (_, told) => told.includes(SECRET)],
  ['read .env by a link', calls({ name: 'Read', input: { file_path: '@/link' } }), (_, told) => told.includes(SECRET)],
  ['cat .env', runs('cat .env'), (_, told) => told.includes(SECRET)],
  ['search everything', runs('grep -r secret-of .'), (_, told) => told.includes(SECRET)],
  ['read the token', runs('cat .baton/api-token'), (_, told) => told.includes(SECRET)],
  ['write into the state', runs('echo x > .baton/x'), (dir) => existsSync(join(dir, '.baton/x'))],
  [
    'edit the configuration',
    calls(
      { name: 'Read', input: { file_path: '@/config.yaml' } },
      { name: 'Edit', input: { file_path: '@/config.yaml', old_string: 'retries: 0', new_string: 'retries: 9' } },
    ),
    (dir) => readFileSync(join(dir, 'config.yaml'), 'utf8').includes('9'),
  ],
  [
    'write through a link',
    calls({ name: 'Write', input: { file_path: '@/folder/new.log', content: 'x' } }),
    (dir) => existsSync(join(dir, 'logs/new.log')),
  ],
  [
    'write a task file',
    calls({ name: 'Write', input: { file_path: '@/tasks/b.md', content: '- [ ] Evil\n' } }),
    (dir) => existsSync(join(dir, 'tasks/b.md')),
  ],
]

const fill = (dir: string) => {
  for (const folder of ['.baton', 'logs', 'tasks']) mkdirSync(join(dir, folder))
  writeFileSync(join(dir, '.env'), `API_TOKEN=${SECRET}\n`)
  writeFileSync(join(dir, '.baton/api-token'), SECRET)
  writeFileSync(join(dir, 'config.yaml'), 'retries: 0\n')
  symlinkSync('.env', join(dir, 'link'))
  symlinkSync('logs', join(dir, 'folder'))
}

const ownOf = (dir: string): OwnFiles =>
  ownFiles({
    home: dir,
    stateDir: join(dir, '.baton'),
    logsDir: join(dir, 'logs'),
    program: join(dir, 'node_modules/baton-tasks'),
    projects: [dir],
    readable: [],
    taskFiles: ['tasks/*.md'],
  })

/** What passes in the real program; whatever is asked for is denied when `asked` is none. */
async function through(
  mode: string,
  use: { guard?: boolean; rules?: boolean },
): Promise<{ did: string[]; asked: string[] }> {
  const did: string[] = []
  const asked: string[] = []
  await using real = await startRealClaude(({ number }) => {
    const reply = TRIES[number - 1]?.[1]
    return reply ? (JSON.parse(JSON.stringify(reply).replaceAll('@/', `${real.session.cwd}/`)) as Reply) : says('Done.')
  })
  const { cwd } = real.session
  fill(cwd)
  const own = ownOf(cwd)
  const guard = use.guard && { guard: (call: Parameters<typeof judgeCall>[1]) => judgeCall(own, call) }
  const { messages } = await real.session.talk({
    prompt: 'go',
    permissionMode: mode,
    allowedTools: ['Bash'],
    ...(use.rules && { settings: { permissions: ownRules(own.places) } }),
    ...guard,
    onAsk: (ask, claude) => {
      asked.push(ask.tool)
      claude.answer(ask.requestId, { behavior: 'deny', message: 'No.' })
    },
  })
  const results = messages.flatMap((message) => (message.type === 'tool_results' ? [message] : []))
  for (const [index, [name, , wentThrough]] of TRIES.entries()) {
    const told = (results[index]?.results ?? []).map(({ text }) => text).join('\n')
    if (wentThrough(cwd, told)) did.push(name)
  }
  return { did, asked }
}

describe("Baton's own files, in the real program", () => {
  it.each(['acceptEdits', 'bypassPermissions', 'default'])('are kept under %s', async (mode) => {
    const { did, asked } = await through(mode, { guard: true, rules: true })
    expect(did).toEqual([])
    expect(asked).toEqual(['Write'])
  })

  it('are kept by the guard alone, and mostly by the rules alone', async () => {
    expect(await through('bypassPermissions', { guard: true })).toEqual({ did: [], asked: ['Write'] })
    // What no rule of Claude Code sees.
    expect((await through('bypassPermissions', { rules: true })).did).toEqual(['search everything'])
  })

  it('are open to everything without either: the control', async () => {
    expect((await through('bypassPermissions', {})).did).toEqual(TRIES.map(([name]) => name))
  })
})

describe('a real agent in a whole Baton', () => {
  let home: Home
  let house: OpenHome | undefined
  afterEach(async () => {
    await house?.runner.stop()
    home.remove()
  })

  it('changes nothing by a script, and its marks do not count', async () => {
    await using api = await startMessagesApi(({ number }) =>
      number === 1
        ? calls({ name: 'Read', input: { file_path: join(home.dir, '.env') } })
        : number === 2
          ? runs('sh work.sh')
          : says('Done.'),
    )
    home = createHome('## Task 1: T\n**Claude Instruction:**\nDo it.\n', 'retries: 0\n')
    home.git('init', '-q')
    home.write('.env', `API_TOKEN=${SECRET}\n`)
    home.write('tasks/list.md', '- [ ] Add tests\n')
    home.write('work.sh', "echo evil > config.yaml\necho evil > .env\nsed -i 's/\\[ \\]/[x]/' tasks/list.md\n")
    house = await home.open(withRealClaude(home.dir, api.url))
    const runId = await house.start({ autoApprove: true, files: ['tasks/today.md'] })
    await house.rest()
    expect(home.read('config.yaml')).toBe('retries: 0\n')
    expect(home.read('.env')).toBe(`API_TOKEN=${SECRET}\n`)
    const { findings = [] } = house.runner.api.view.task(runId, 1)?.proof ?? {}
    expect(findings.filter(({ kind }) => kind !== 'refused').map(({ kind, path }) => [kind, path])).toEqual([
      ['own-file', undefined],
      ['own-file', '.env'],
      ['own-file', 'config.yaml'],
      ['mark', 'tasks/list.md'],
    ])
    const next = await house.start({ files: ['tasks/list.md'] })
    await house.rest()
    expect(house.runner.api.view.tasks(next)).toMatchObject([{ title: 'Add tests', status: 'done' }])
  })
})
