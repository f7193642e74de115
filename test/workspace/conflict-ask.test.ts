import { expect, it } from 'vitest'
import { renderAsk } from '../../src/chat/render/ask.ts'
import type { Ask, Landing } from '../../src/core/types.ts'
import { shownAsks } from '../../src/http/asks-shown.ts'
import { askLines } from '../../src/terminal/show/ask-text.ts'
import { pre } from '../../src/text/document/nodes.ts'
import { plainOf } from '../chat/rendering.ts'
import { addTask, attempt, complete } from '../contracts/workspace.ts'
import { createHouse, planned } from '../core/house.ts'
import { moment } from '../support/telegram-samples.ts'
import { worktreeWorld } from './world.ts'

const SECRET = 'hunter2hunter2'
const NEWLINE = '```\n<b>new.txt'

/** Two tasks that do not fit together, the second one given back as often as `times` says. */
async function conflicting(times = 1): Promise<Landing> {
  const world = worktreeWorld()
  const first = {
    'a.txt': 'a\nb\nc\n',
    'gone.txt': 'one\n',
    'picture.bin': '\0\n',
    [NEWLINE]: 'x\n',
    'ours.txt': 'o\n',
  }
  for (const [path, content] of Object.entries(first)) world.user.write(path, content)
  world.user.git('add', '-A')
  world.user.git('commit', '-q', '-m', 'files')
  const workspace = world.open()
  const [one, two] = [addTask(world, 1), addTask(world, 2)]
  await attempt(world, workspace, one, (at) => {
    at.write('a.txt', `<<<<<<< HEAD\n${SECRET}\nb\nc\n`)
    at.remove('gone.txt')
    at.write('picture.bin', '\0one\n')
    at.write(NEWLINE, 'one\n')
  })
  await attempt(world, workspace, two, (at) => {
    at.write('a.txt', 'two\nb\nc\n')
    at.write('gone.txt', 'two\n')
    at.write('picture.bin', '\0two\n')
    at.write(NEWLINE, '```\n')
  })
  await complete(workspace, one)
  let landing = await complete(workspace, two)
  for (let time = 1; time < times; time++) {
    await attempt(world, workspace, two, (at) => at.write('other.txt', `${time}\n`))
    landing = await complete(workspace, two)
  }
  return landing
}

/** The ask about a task that no session is given any more. */
function askAbout(landing: Landing): Ask {
  const house = createHouse({ lanes: 3, workspace: 'worktree', returns: 0 })
  house.start([planned(1)])
  const task = house.task(1)
  const live = { id: 'a', sessionId: 'a', cwd: '/tree', logFile: '', rawFile: '' }
  house.give({ type: 'claimed', taskId: task.id, attempt: live })
  house.give({ type: 'heard', attemptId: 'a' })
  house.give({ type: 'ended', attemptId: 'a', outcome: { kind: 'done', text: 'done' } })
  house.give({ type: 'landed', taskId: task.id, landing })
  const [ask] = house.openAsks()
  expect(ask).toMatchObject({ kind: 'failure', about: 'landing' })
  house.act({ type: 'answer', target: { task: 1 }, choice: 'retry' })
  expect(house.task(1).hunks).toBeUndefined()
  return ask as Ask
}

const HUNKS = [
  'a.txt\n@@ line 1 @@\n<<<<<<< task 1: Task 1',
  `<<<<<<< HEAD\n${SECRET}\n=======\ntwo\n>>>>>>> task 2: Task 2\nb\nc`,
  'gone.txt\ngone.txt deleted in task 1: Task 1 and modified in task 2: Task 2.',
  'picture.bin\nCannot merge binary files: picture.bin (task 1: Task 1 vs. task 2: Task 2)',
  '"```\\n<b>new.txt"\n@@ line 1 @@\n<<<<<<< task 1: Task 1\none\n=======\n```\n>>>>>>> task 2: Task 2',
]

it('shows a person the lines in conflict on the phone, at the terminal and on the dashboard', async () => {
  const ask = askAbout(await conflicting())
  for (const part of HUNKS) expect(ask.text).toContain(part)
  expect(ask.text).toContain('- "```\\n<b>new.txt"\n')
  const message = renderAsk({ ask, total: 2 }, moment('21:14'))
  expect(message.document?.content ?? plainOf(message)).toContain(HUNKS[0])
  // Nothing of it stands outside of the block of code.
  const block = message.body.find((node) => typeof node !== 'string' && node.kind === 'pre')
  expect(JSON.stringify(block)).toContain('<<<<<<< task 1: Task 1')
  expect(JSON.stringify(message.body.filter((node) => node !== block))).not.toMatch(/<{7} task|>{7} task/)
  const long = Array.from({ length: 300 }, (_, i) => `line ${i}`).join('\n')
  const larger = { ...ask, hunks: long, text: ask.text.replace(ask.hunks ?? '', () => long) }
  const short = renderAsk({ ask: larger, total: 2 }, moment('21:14'))
  expect(plainOf(short).length).toBeLessThan(4_000)
  expect(short.document?.content).toContain(`\n${long}\n`)
  const terminal = askLines(ask, (_, text) => text)
  for (const line of HUNKS.flatMap((part) => part.split('\n'))) expect(terminal).toContain(`  ${line}`)
  const redact = (<T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(SECRET, '[hidden]'))) as never
  const shown = shownAsks({ api: { view: { task: () => undefined } as never }, redact }, [ask])[0]?.shown.words
  expect(shown).toMatchObject({ lines: true, document: [pre((ask.hunks ?? '').replace(SECRET, '[hidden]'))] })
})

it('shows them where the session left the markers in, too', async () => {
  const { text } = askAbout(await conflicting(2))
  expect(text).toMatch(/markers .* are left/)
  expect(text).toContain('a.txt\n@@ line 1 @@\n<<<<<<< what landed before\n')
  expect(text).toContain('=======\ntwo\n>>>>>>> task 2: Task 2\nb\nc')
})
