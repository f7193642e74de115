import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aHome, baton, type Home, REHEARSED, startBaton, tasks } from '../terminal/program.ts'

const GOOD = { 'tasks/a.md': tasks('say hello') }

interface Mistake {
  what: string
  args: string[]
  exit?: number
  says: RegExp
  next: RegExp
  files?: Record<string, string>
  prepare?: (home: Home) => void
}

/** What beginners do, what they read, and what they read to do next. */
const MISTAKES: Mistake[] = [
  { what: 'a wrong folder', args: ['tasks'], files: {}, says: /No task file matches/, next: /--home/ },
  {
    what: 'a folder that is not there',
    args: ['--home', 'nowhere', 'tasks'],
    says: /^error: There is no folder .*nowhere/,
    next: /^ {2}Name the folder .*--home\.$/,
  },
  { what: 'a subcommand with a slip', args: ['aprove'], says: /Did you mean approve\?/, next: /baton --help/ },
  { what: 'a flag with a slip', args: ['tasks', '--al'], says: /Did you mean --all\?/, next: /baton tasks --help/ },
  { what: 'a flag of another command', args: ['status', '--all'], says: /Unknown option/, next: /baton status --help/ },
  { what: 'a missing file', args: ['tasks', 'no.md'], says: /no\.md/, next: /baton check/ },
  {
    what: 'a folder for a file',
    args: ['tasks', 'folder'],
    prepare: ({ dir }) => mkdirSync(join(dir, 'folder')),
    says: /folder/,
    next: /\S/,
  },
  {
    what: 'a file without tasks',
    args: ['tasks', 'w.md'],
    files: { 'w.md': '# Words\n' },
    says: /w\.md/,
    next: /baton check/,
  },
  {
    what: 'no claude',
    args: ['tasks'],
    files: { ...GOOD, 'config.yaml': 'claude:\n  command: no-such-claude\n' },
    says: /no-such-claude/,
    next: /npm install -g @anthropic-ai\/claude-code/,
  },
  {
    what: 'a value that cannot be',
    args: ['tasks'],
    files: { ...GOOD, 'config.yaml': 'retries: many\n' },
    says: /nothing was started/,
    next: /baton doctor/,
  },
  {
    what: '--only without numbers',
    args: ['tasks', '--only', 'x'],
    says: /task numbers/,
    next: /baton tasks --help/,
  },
  {
    what: '--only 99',
    args: ['tasks', '--only', '99'],
    says: /There is no task 99\.$/,
    next: /There is only task 1\. List the tasks with: baton check/,
  },
  {
    what: 'resuming nothing',
    args: ['tasks', '--resume'],
    says: /nothing to resume/i,
    next: /Start with: baton tasks/,
  },
  { what: 'approving nothing', args: ['approve'], exit: 1, says: /\S/, next: /status/ },
  { what: 'answering without words', args: ['answer'], says: /missing|answer what/i, next: /baton answer --help/ },
  { what: 'a name for a number', args: ['approve', 'all'], says: /named by its number/, next: /baton approve --help/ },
  { what: 'undoing nothing', args: ['undo'], says: /missing|undo what/i, next: /baton undo --help/ },
  { what: 'a task that is not there', args: ['task', 'show', '9'], says: /no task 9/, next: /baton task list/ },
  { what: 'a dashboard without a daemon', args: ['web'], says: /No daemon is running/, next: /baton web start/ },
  { what: 'a project that is not there', args: ['--project', 'x', 'status'], says: /no project "x"/, next: /Known: / },
  {
    what: 'a file flag without a file',
    args: ['tasks', '--task-file'],
    says: /--task-file/,
    next: /baton tasks --help/,
  },
  {
    what: 'retrying a task that is not there',
    args: ['retry', '99'],
    exit: 1,
    says: /Nothing is running/,
    next: /Start with: baton tasks/,
  },
  {
    what: 'a key with a slip',
    args: ['tasks'],
    files: { ...GOOD, 'config.yaml': 'projct: x\n' },
    says: /project/,
    next: /baton doctor/,
  },
  { what: 'a log before anything ran', args: ['logs'], says: /no log yet/, next: /baton status/ },
  { what: 'planning nothing', args: ['plan'], says: /what should be done/, next: /baton plan "/ },
  {
    what: 'a backup over a file',
    args: ['backup', 'tasks/a.md'],
    says: /already exists/,
    next: /Name a new file/,
  },
]

describe('a beginner reads what happened and what to do next after', () => {
  it.each(MISTAKES)('$what', async ({ args, exit = 2, says, next, files = GOOD, prepare }) => {
    const home = aHome(files)
    prepare?.(home)
    const { exitCode, stdout, stderr } = await baton(home, args)
    expect({ exitCode, stdout }).toEqual({ exitCode: exit, stdout: '' })
    const lines = stderr.trimEnd().split('\n')
    const at = lines.findIndex((line) => line.startsWith('error: '))
    expect(lines.slice(0, at + 1).join('\n')).toMatch(says)
    expect(lines.slice(at + 1).join('\n')).toMatch(next)
  })

  // The others print no JSON when all is well.
  const hasJson = ({ args }: Mistake) =>
    !['--home', '--project', 'task', 'web', 'backup', 'aprove', 'logs'].includes(args[0] ?? '')
  it.each(MISTAKES.filter(hasJson))('$what, as one object of JSON', async (mistake) => {
    const { args, exit = 2, says, next, files = GOOD, prepare } = mistake
    const [command = '', ...rest] = args
    const home = aHome(files)
    prepare?.(home)
    const { exitCode, stdout } = await baton(home, [command, '--json', ...rest])
    const answer = JSON.parse(stdout)
    expect(exitCode).toBe(exit)
    // What only a running Baton can refuse is its reply.
    const { message, hint } = answer.error ?? { message: answer.text, hint: answer.hint }
    expect(message).toMatch(says)
    expect(hint).toMatch(next)
  })

  it('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const home = aHome({ ...GOOD, 'config.yaml': `${REHEARSED}http:\n  port: ${port}\n` })
    const { exitCode, stderr } = await baton(home, ['start'])
    other.close()
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error: Another program already listens on .*\n {2}Set another http\.port/m)
  })

  it('a daemon that runs already', async () => {
    const home = aHome({ ...GOOD, 'config.yaml': `${REHEARSED}http:\n  enabled: false\n` })
    const daemon = startBaton(home, ['start'])
    await daemon.hears('Waiting for a start')
    const { exitCode, stderr } = await baton(home, ['start'])
    daemon.child.kill('SIGTERM')
    await daemon.ended
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error: Baton is already .*\n {2}\S/m)
  })
})
