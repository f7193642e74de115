import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canRestore } from '../../src/git/undo/can-restore.ts'
import { judgeLoss } from '../../src/protect/judge-loss.ts'
import { withRealClaude } from '../support/claude-program.ts'
import { startRealClaude } from '../support/claude-real.ts'
import { createHome } from '../support/home.ts'
import { startMessagesApi } from '../support/messages-api.ts'
import { calls, runs, says } from '../support/messages-replies.ts'

/** Each is tried once in each mode; what runs unasked is what README says. */
const COMMANDS = [
  'ls',
  'cat notes.txt',
  'git log',
  'grep -r x .',
  'find . -name x',
  'mkdir made',
  'touch made.txt',
  'rm gone.txt',
  'rmdir empty',
  'mv moved.txt moved-to.txt',
  'cp notes.txt copy.txt',
  'sed -i s/a/b/ notes.txt',
  'echo x > written.txt',
  'rm data.db',
  'rm -rf build',
  'cp notes.txt data2.db',
  'mv notes.txt data3.db',
  'sed -i s/a/b/ data4.db',
  'echo x > data5.db',
  'rm ../outside.txt',
  'find . -name gone.txt -delete',
  'tee tee.txt < notes.txt',
  'ln -s notes.txt linked',
  'chmod +x notes.txt',
  'truncate -s 0 notes.txt',
  'dd if=notes.txt of=dd.txt',
  'npm test',
  'node x.js',
]
/** How the program says that it has not run a command. */
const REFUSED = /permission|refused|denied|was not run/i
const LOSSES = COMMANDS.filter((command) => /data|build|outside/.test(command))

async function tried(mode: string, guarded = false): Promise<{ asked: string[]; ran: string[] }> {
  const asks: string[] = []
  await using real = await startRealClaude(({ number }) => {
    const command = COMMANDS[number - 1]
    return command === undefined ? says('Done.') : runs(command)
  })
  const { cwd } = real.session
  const write = (path: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), 'words\n')
  }
  for (const path of ['notes.txt', 'gone.txt', 'moved.txt', 'build/out', '../outside.txt', 'x.js']) write(path)
  for (const number of ['', '2', '3', '4', '5']) write(`data${number}.db`)
  writeFileSync(join(cwd, '.gitignore'), '*.db\nbuild/\n')
  mkdirSync(join(cwd, 'empty'))
  execFileSync('git', ['init', '-q'], { cwd })
  const ports = { canRestore: (path: string) => canRestore(cwd, path, Number.MAX_SAFE_INTEGER), isAllowed: () => false }
  const { messages } = await real.session.talk({
    prompt: 'go',
    permissionMode: mode,
    ...(guarded && {
      guard: ({ input }: { input: unknown }) => judgeLoss((input as { command: string }).command, cwd, ports),
    }),
    onAsk: (ask, claude) => {
      asks.push((ask.input as { command: string }).command)
      claude.answer(ask.requestId, { behavior: 'deny', message: 'No.' })
    },
  })
  if (guarded)
    for (const file of ['data.db', 'build/out', '../outside.txt'])
      expect(readFileSync(join(cwd, file), 'utf8')).toBe('words\n')
  const told = messages
    .flatMap((message) => (message.type === 'tool_results' ? message.results : []))
    .map(({ text }) => text)
  const ran = COMMANDS.filter((command, i) => !asks.includes(command) && !REFUSED.test(told[i] ?? 'refused'))
  return { asked: asks, ran }
}

const LOOKING = COMMANDS.slice(0, 5)
/** Under acceptEdits these run as well, whatever git thinks of the files, as long as they are in the project. */
const EDITING = COMMANDS.slice(5, 19)

describe('what the real program runs unasked', () => {
  it.each([
    ['default', LOOKING],
    ['acceptEdits', [...LOOKING, ...EDITING]],
    ['dontAsk', LOOKING],
    ['plan', LOOKING],
    ['bypassPermissions', COMMANDS],
  ])('in mode %s', async (mode, unasked) => {
    expect((await tried(mode)).ran).toEqual(unasked)
  })

  it.each(['default', 'acceptEdits'])(
    'with the guard, nothing in mode %s that undo cannot bring back',
    async (mode) => {
      const { asked, ran } = await tried(mode, true)
      for (const command of LOSSES) {
        expect(asked).toContain(command)
        expect(ran).not.toContain(command)
      }
      if (mode === 'acceptEdits')
        expect(ran).toEqual([...LOOKING, ...EDITING.filter((command) => !LOSSES.includes(command))])
    },
  )
})

describe('a real agent in a whole Baton', () => {
  it('waits before it changes an ignored file with its own tools, and the grant is for that file', async () => {
    const write = (path: string) => ({ name: 'Write', input: { file_path: path, content: 'gone' } })
    const read = (path: string) => ({ name: 'Read', input: { file_path: path } })
    const home = createHome('## Task 1: T\n**Claude Instruction:**\nDo it.\n', 'retries: 0\n')
    const at = (name: string) => join(home.dir, name)
    await using api = await startMessagesApi(({ number }) => {
      if (number === 1) return calls(read(at('notes.txt')), read(at('my.db')), read(at('other.db')))
      if (number === 2) return calls(write(at('notes.txt')))
      if (number === 3) return calls(write(at('my.db')))
      return number === 4 ? calls(write(at('other.db'))) : says('Done.')
    })
    home.git('init', '-q')
    home.write('.gitignore', '*.db\n')
    for (const name of ['notes.txt', 'my.db', 'other.db']) home.write(name, 'all I have')
    const house = await home.open(withRealClaude(home.dir, api.url, { IS_SANDBOX: '1' }))
    try {
      await house.start({ files: ['tasks/today.md'] })
      const first = await house.ask('permission')
      expect(home.read('notes.txt')).toBe('gone')
      expect(home.read('my.db')).toBe('all I have')
      expect(first.remark).toContain('which undo cannot bring back')
      expect(first.rule).toMatch(/^Edit\(.*my\.db\)$/)
      await house.answer(first, 'allow-task')
      const second = await house.ask('permission')
      expect(home.read('my.db')).toBe('gone')
      expect(second.text).toContain('other.db')
      expect(home.read('other.db')).toBe('all I have')
    } finally {
      await house.runner.stop()
      home.remove()
    }
  })

  it.each([
    ['acceptEdits', true],
    ['bypassPermissions', false],
  ])('in mode %s waits before it removes an ignored file: %s', async (mode, waits) => {
    await using api = await startMessagesApi(({ number }) => (number === 1 ? runs('rm my.db') : says('Done.')))
    const home = createHome(
      '## Task 1: T\n**Claude Instruction:**\nDo it.\n',
      `retries: 0\nclaude:\n  permission_mode: ${mode}\n`,
    )
    home.git('init', '-q')
    home.write('.gitignore', '*.db\n')
    home.write('my.db', 'all I have')
    const house = await home.open(withRealClaude(home.dir, api.url, { IS_SANDBOX: '1' }))
    try {
      await house.start({ files: ['tasks/today.md'] })
      if (waits) {
        const ask = await house.ask('permission')
        expect(ask.remark).toContain('which undo cannot bring back')
        expect(home.read('my.db')).toBe('all I have')
        // Exactly this command may be allowed for the rest of the task.
        expect(ask.rule).toBe('Bash(rm my.db)')
      } else {
        await house.rest()
        expect(existsSync(join(home.dir, 'my.db'))).toBe(false)
      }
    } finally {
      await house.runner.stop()
      home.remove()
    }
  })
})
