import { describe, expect, test } from 'vitest'
import { renderCost } from '../../src/chat/render/cost.ts'
import { renderFileChoice } from '../../src/chat/render/file-choice.ts'
import { botCommands, renderHelp } from '../../src/chat/render/help.ts'
import { renderHold } from '../../src/chat/render/hold.ts'
import { renderLog } from '../../src/chat/render/log.ts'
import { renderNotice, renderOwnId, renderReminder } from '../../src/chat/render/notice.ts'
import { renderOverview } from '../../src/chat/render/overview.ts'
import { renderProgress } from '../../src/chat/render/progress.ts'
import { renderReceipt } from '../../src/chat/render/receipt.ts'
import { renderRunEnd } from '../../src/chat/render/run-end.ts'
import { renderTaskList } from '../../src/chat/render/task-list.ts'
import type { ProgressView } from '../../src/chat/views.ts'
import * as sample from '../support/telegram-samples.ts'
import { htmlOf, labels, plainOf, shown } from './rendering.ts'

const now = sample.moment('21:14:17')
const { live } = sample.sampleStatus()
type Fields = { [K in keyof ProgressView]?: ProgressView[K] | undefined }
const progress = (fields: Fields = {}) =>
  renderProgress({ task: sample.sampleTaskView(), total: 7, done: 2, live, ...fields } as ProgressView, now)
const hold = {
  why: 'limit' as const,
  until: sample.at('22:26'),
  since: sample.at('21:13'),
  text: 'Claude’s five-hour session limit',
}

describe('the progress message', () => {
  test('says that it runs, what it does, for how long, for how much, and when it was last seen', () => {
    expect(shown(progress())).toMatchInlineSnapshot(`
      "▶️ <b>Task 3 of 7 · running</b>
      Add a login endpoint

      › editing src/routes/login.ts

      4 min 17 s · 14 turns · $0.42
      alive · updated 21:14:05

      ▰▰▱▱▱▱▱ 2 of 7 done
      ---
      [Pause] [Log]
      (silent)"
    `)
  })

  test.each<[string, Fields, string]>([
    [
      'waits for a person',
      { ask: sample.samplePermission() },
      '✋ Task 3 of 7 · waiting for you\nAdd a login endpoint\n\nRun a command · waiting since 21:10',
    ],
    [
      'is paused',
      { paused: { mode: 'now', by: sample.anna, at: sample.at('21:13') } },
      '⏸ Task 3 of 7 · paused\nAdd a login endpoint\n\nby Anna (Telegram), 21:13 · /resume to continue',
    ],
    [
      'is to be the last before a pause',
      { paused: { mode: 'after-task', by: sample.anna, at: sample.at('21:13') } },
      '▶️ Task 3 of 7 · running\nAdd a login endpoint\n\n› editing src/routes/login.ts\n⏸ Will pause after this task (by Anna (Telegram), 21:13)\n\n4 min',
    ],
    [
      'was stopped with its run',
      { isStopped: true, task: sample.sampleTaskView({ status: 'queued' }) },
      '⏹ Task 3 of 7 · stopped\nAdd a login endpoint\n\n/resume to continue from here\n\nstarted 21:10 · 14 turns · $0.42\n\n▰',
    ],
    [
      'has no process that would renew the message',
      { ask: sample.samplePermission(), live: undefined },
      '✋ Task 3 of 7 · waiting for you\nAdd a login endpoint\n\nRun a command · waiting since 21:10\n\nstarted 21:10 · 14 turns · $0.42\n\n▰',
    ],
    [
      'is continued by another process',
      { live: live && { ...live, startedAt: sample.at('21:14') } },
      '▶️ Task 3 of 7 · running\nAdd a login endpoint\n\n› editing src/routes/login.ts\n\n4 min 17 s',
    ],
    [
      'paused',
      { hold },
      '⏳ Task 3 of 7 · paused until 22:26\nAdd a login endpoint\n\nClaude’s five-hour session limit · 1 h 11 min left',
    ],
    [
      'is checked',
      { task: sample.sampleTaskView({ status: 'verifying' }) },
      '🔎 Task 3 of 7 · checking\nAdd a login endpoint\n\nediting src/routes/login.ts',
    ],
    [
      'is done',
      { task: sample.sampleTaskView({ status: 'done', endedAt: sample.at('21:14') }), done: 3 },
      '✅ Task 3 of 7 · done\nAdd a login endpoint\n\n4 min · 14 turns · $0.42',
    ],
  ])('when the task %s', (_, fields, begin) => {
    expect(plainOf(progress(fields)).slice(0, begin.length)).toBe(begin)
  })

  test('is silent, and has no buttons at the end', () => {
    expect(labels(progress())).toEqual(['Pause', 'Log'])
    expect(labels(progress({ paused: { mode: 'now', by: sample.anna, at: 0 } }))).toEqual(['Resume', 'Log'])
    expect(progress({ task: sample.sampleTaskView({ status: 'failed' }) }).buttons).toBeUndefined()
    expect(labels(progress({ isStopped: true }))).toEqual(['Log'])
    expect(progress().silent).toBe(true)
  })
})

describe('/status', () => {
  const next = [
    { number: 4, title: 'Add a logout endpoint' },
    { number: 5, title: 'Import the old customers' },
  ]
  test('while a task runs', () => {
    expect(
      shown(renderOverview({ status: sample.sampleStatus(), next, dayBudgetUsd: 20 }, now)),
    ).toMatchInlineSnapshot(`
      "▶️ <b>Running</b>
      tasks/today.md
      ▰▰▱▱▱▱▱ 2 of 7 done

      ▶️ <b>3 · Add a login endpoint</b>
      › editing src/routes/login.ts
      4 min 17 s · 14 turns · $0.42
      alive · updated 21:14:05

      <b>Next</b>
      4 · Add a logout endpoint
      5 · Import the old customers

      $1.85 today of $20.00
      ---
      [Tasks] [Log] [Pause]
      (silent)"
    `)
  })

  test('while several tasks run: each of them is said, and what waits for a person once', () => {
    const { live } = sample.sampleStatus()
    const other = (task: number, title: string) => ({
      ...{ ...live!, taskId: `other-${task}`, task, title, activity: `running npm test ${task}` },
      startedAt: sample.at('21:13'),
    })
    const lives = [live!, other(5, 'Import the old customers'), other(4, 'Add a logout endpoint'), other(6, 'Ask')]
    const asks = [sample.sampleAsk({ task: 6, taskId: 'other-6', title: 'Start task 6: Ask?' })]
    const plain = plainOf(renderOverview({ status: sample.sampleStatus({ lives, asks }), next: [] }, now))
    expect(plain).toMatch(
      /3 · Add a login endpoint\n[\s\S]*▶️ 4 · Add a logout endpoint › running npm test 4 · 1 min.*\n▶️ 5 · Import the old customers › running npm test 5/,
    )
    expect(plain.match(/Ask/g)).toHaveLength(1)
  })

  test('while it is to pause after the running task: it runs', () => {
    const status = sample.sampleStatus({ paused: { mode: 'after-task', by: sample.anna, at: sample.at('21:12') } })
    const message = renderOverview({ status, next: [] }, now)
    expect(plainOf(message)).toMatch(/^▶️ Running\n/)
    expect(plainOf(message)).toContain(
      '› editing src/routes/login.ts\n⏸ Will pause after this task (by Anna (Telegram), 21:12)\n',
    )
    expect(labels(message)).toContain('Resume')
  })

  test('while it waits for the usage limit: nobody has to do anything', () => {
    const { live: _, ...status } = sample.sampleStatus({
      run: sample.sampleRun({ status: 'waiting' }),
      current: sample.sampleTaskView({ status: 'waiting' }),
      hold,
    })
    const plain = plainOf(renderOverview({ status, next: [] }, now))
    expect(plain).toMatch(/^⏳ Waiting for the usage limit\n/)
    expect(plain).toContain('Claude’s five-hour session limit · 1 h 11 min left')
  })

  test('while it is paused and something is asked about the task at work: both are said', () => {
    const status = sample.sampleStatus({
      run: sample.sampleRun({ status: 'paused' }),
      asks: [sample.samplePermission({ taskId: sample.sampleTaskView().id })],
      paused: { mode: 'now', by: sample.anna, at: sample.at('21:12') },
    })
    const plain = plainOf(renderOverview({ status, next: [] }, now))
    expect(plain).toContain('by Anna (Telegram), 21:12 · /resume to continue')
    expect(plain).toContain('✋ Waiting for you\n3 · Run a command')
  })

  test('while something is asked, more is queued, the queue is paused', () => {
    const status = sample.sampleStatus({
      run: sample.sampleRun({ status: 'paused' }),
      asks: [
        sample.samplePermission(),
        sample.sampleAsk({ task: 5, title: 'Start task 5: Import the old customers?' }),
      ],
      paused: { mode: 'now', by: { surface: 'http', id: 'api', name: 'API' }, at: sample.at('21:12') },
      queuedRuns: [sample.sampleRun({ id: 'r2', files: ['tasks/docs.md'] })],
      queuedTotal: 1,
    })
    expect(
      shown(
        renderOverview({ status, next, nextStart: { at: sample.at('07:00', 22), files: ['tasks/morning.md'] } }, now),
      ),
    ).toMatchInlineSnapshot(`
      "⏸ <b>Paused</b>
      tasks/today.md
      ▰▰▱▱▱▱▱ 2 of 7 done

      ⏸ <b>3 · Add a login endpoint</b>
      by the API, 21:12 · /resume to continue
      4 min 17 s · 14 turns · $0.42
      alive · updated 21:14:05

      <b>✋ Waiting for you</b>
      3 · Run a command · waiting 4 min 17 s
      5 · Start task 5: Import the old customers? · waiting 4 min 17 s

      <b>Next</b>
      4 · Add a logout endpoint
      5 · Import the old customers

      Then 1 more run: tasks/docs.md

      $1.85 today

      Next scheduled start tomorrow 07:00: tasks/morning.md
      ---
      [Show: Run a command]
      [Show: Start task 5: Import the…]
      [Tasks] [Log] [Resume]
      (silent)"
    `)
  })

  test('while nothing runs', () => {
    const run = sample.sampleRun({
      status: 'done',
      endedAt: sample.at('18:02', 20),
      counts: { ...sample.sampleRun().counts, done: 7 },
    })
    const { current: _, live: __, ...idle } = sample.sampleStatus({ run, todayUsd: 0 })
    expect(shown(renderOverview({ status: idle, next: [] }, now))).toMatchInlineSnapshot(`
      "💤 <b>Nothing is running</b>

      ✅ Last: tasks/today.md, done yesterday 18:02, 7 of 7 done

      /start to begin, /tasks for the list.

      $0.00 today
      ---
      [Tasks]
      (silent)"
    `)
    const { run: ___, ...never } = idle
    expect(renderOverview({ status: never, next: [] }, now).buttons).toBeUndefined()
  })
})

describe('lists and ends', () => {
  const ended = sample.sampleRun({
    status: 'failed',
    endedAt: sample.at('22:33'),
    counts: {
      queued: 0,
      running: 0,
      waiting: 0,
      verifying: 0,
      merging: 0,
      taken_over: 0,
      done: 4,
      failed: 1,
      skipped: 1,
      blocked: 1,
      undone: 0,
    },
  })

  test('the tasks of a run', () => {
    expect(shown(renderTaskList({ run: ended, tasks: sample.sampleTasks, page: 0, asked: [] }))).toMatchInlineSnapshot(`
      "📋 <b>Tasks</b>
      tasks/today.md
      ▰▰▰▰▱▱▱ 4 of 7 done

      ✅ 1 · Set up the project
      ✅ 2 · Database schema for people, orders and invoices
      ✅ 3 · Add a login endpoint
      ✅ 4 · Add a logout endpoint
      ❌ 5 · Import the old customers
      ⛔ 6 · Send the first newsletter · blocked by 5
      ⏭ 7 · README for the API
      (silent)"
    `)
  })

  test('many tasks come in pages, and a page that is not there is the nearest one', () => {
    const tasks = Array.from({ length: 30 }, (_, i) =>
      sample.sampleTaskView({ number: i + 1, title: `Number ${i + 1}` }),
    )
    expect(labels(renderTaskList({ run: ended, tasks, page: 0, asked: [] }))).toEqual(['Next (2 of 3) ›'])
    expect(labels(renderTaskList({ run: ended, tasks, page: 1, asked: [] }))).toEqual(['‹ Previous', 'Next (3 of 3) ›'])
    expect(plainOf(renderTaskList({ run: ended, tasks, page: 99, asked: [] }))).toContain('30 · Number 30')
  })

  test('what waits says for whom: a person, the end of a pause, or time', () => {
    const task = sample.sampleTaskView({ status: 'waiting' })
    const listed = (status: 'waiting' | 'paused', asked: string[]) =>
      plainOf(renderTaskList({ run: sample.sampleRun({ status }), tasks: [task], page: 0, asked }))
        .split('\n')
        .at(-1)
    expect(listed('waiting', [task.id])).toBe('✋ 3 · Add a login endpoint · waiting for you')
    expect(listed('paused', [])).toBe('⏸ 3 · Add a login endpoint · paused')
    expect(listed('waiting', [])).toBe('⏳ 3 · Add a login endpoint · waiting')
  })

  test('the end of a run is a table that fits a phone', () => {
    const message = renderRunEnd({ run: ended, tasks: sample.sampleTasks })
    expect(shown(message)).toMatchInlineSnapshot(`
      "🏁 <b>Finished with failures</b>
      tasks/today.md
      4 of 7 done · 1 failed · 1 skipped · 1 blocked
      1 h 53 min · $4.89

      <b>Cost</b>
      $4.89; task 5 cost the most: $2.40

      <b>Next</b>
      /retry 5 · Import the old customers failed
      6 · Send the first newsletter: blocked
      /retry 7 · README for the API was skipped

      <pre>1 ✓ Set up the project    4m12
      2 ✓ Database schema for… 14m28
      3 ✓ Add a login endpoint 11m30
      4 ✓ Add a logout endpoi…  2m35
      5 ✗ Import the old cust…  1h06
      6 × Send the first news…
      7 – README for the API
          total                 1h39</pre>"
    `)
    const table = plainOf(message).split('\n\n').at(-1) ?? ''
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(30)
  })

  test('the end of a run says what changed with signs that need no explanation', () => {
    const files = [{ path: 'src/login.ts', change: 'A' as const, added: 80, deleted: 2 }]
    const task = sample.sampleTaskView({ status: 'done', proof: { checks: [], files } })
    const plain = plainOf(renderRunEnd({ run: ended, tasks: [task] }))
    expect(plain).toContain('3 · Add a login endpoint: 1 file +80 -2')
    expect(plain).not.toContain('⟦')
  })

  test('a receipt names its commit by a few digits', () => {
    const proof = { checks: [], commit: '745fdccf3bc1682e8160d3bc30912c39be5aef40' }
    const receipt = renderReceipt({ task: sample.sampleTaskView({ status: 'done', proof }), total: 1 })
    expect(plainOf(receipt)).toContain('Committed as 745fdccf3b')
    expect(plainOf(receipt)).not.toContain('745fdccf3bc')
  })

  test('the end of a run of 200 tasks: thirty lines, what failed among them, and all of it as a document', () => {
    const tasks = Array.from({ length: 200 }, (_, i) =>
      sample.sampleTaskView({
        number: i + 1,
        id: `t${i}`,
        title: `Number ${i + 1}`,
        status: i === 149 ? 'failed' : i < 180 ? 'done' : 'queued',
      }),
    )
    const message = renderRunEnd({ run: ended, tasks })
    const lines = plainOf(message).split('\n')
    expect(lines.length).toBeLessThan(50)
    expect(lines.some((line) => line.startsWith('150 ✗ Number 150'))).toBe(true)
    expect(plainOf(message)).toContain('… 170 more')
    expect(message.document?.content.split('\n').filter((line) => line.includes('Number '))).toHaveLength(200)
  })

  test("Claude's Markdown on a receipt, but no program's output read as such", () => {
    const result =
      '## Done\n**34** pass, see [docs](https://a.example/x).\n\n- `a.ts`\n\n| a | b |\n|-|-|\n| 1 | 2 |\n\n<b>x</b>'
    const of = (status: 'done' | 'failed') =>
      shown(renderReceipt({ task: sample.sampleTaskView({ status, result }), total: 1 }))
    expect(of('done')).toMatchInlineSnapshot(`
      "✅ <b>Task 3 is done</b>
      Add a login endpoint

      14 turns · $0.42

      <b>Done</b>
      <b>34</b> pass, see <a href="https://a.example/x">docs</a>.

      • <code>a.ts</code>

      <pre>a  b
      ─  ─
      1  2</pre>

      &lt;b&gt;x&lt;/b&gt;
      ---
      [Log]"
    `)
    expect(of('failed')).toContain('**34** pass')
  })

  test('the receipt of a task', () => {
    const task = sample.sampleTaskView({
      status: 'done',
      endedAt: sample.at('21:21:30'),
      attempts: 2,
      result: 'The login endpoint is there.',
      proof: {
        ...sample.sampleProof,
        checks: [
          ...sample.sampleProof.checks,
          { name: 'e2e', command: 'npm run e2e', ok: false, exitCode: 1, durationMs: 61_000, output: '1 <failed>' },
        ],
        criteria: [{ criterion: '401 for a wrong password', pass: true, evidence: 'test/login.test.ts:40' }],
        flags: ['It says "all tests pass", and one check failed.'],
        gitWrites: ['commit 1a2b3c4 on main'],
      },
    })
    expect(shown(renderReceipt({ task, total: 7 }))).toMatchInlineSnapshot(`
      "✅ <b>Task 3 of 7 is done</b>
      Add a login endpoint

      11 min 30 s · 14 turns · $0.42 · 2 attempts

      The login endpoint is there.

      ⚠️ It says &quot;all tests pass&quot;, and one check failed.

      <b>⚠️ Wrote to git without being allowed to</b>
      • commit 1a2b3c4 on main

      <b>Checks</b>
      ✅ npm test · 12 s
      ✅ lint · 2 s
      ❌ e2e · 1 min 1 s · exit 1

      <pre>1 &lt;failed&gt;</pre>

      <b>Acceptance criteria</b>
      ✅ 401 for a wrong password
          test/login.test.ts:40

      <b>4 files changed</b> +225 −1
      <pre>A src/routes/login.ts      +84
      M src/routes/index.ts    +3 −1
      A …ate-limit-by-address.ts +41
      A test/login.test.ts       +97</pre>
      ---
      [Diff] [Log]"
    `)
  })

  test('the receipt of a task that changed nothing, and of one that never began', () => {
    const nothing = sample.sampleTaskView({ status: 'done', proof: { checks: [], files: [] } })
    expect(plainOf(renderReceipt({ task: nothing, total: 1 }))).toContain('No files changed.')
    const { startedAt: _, ...blocked } = sample.sampleTaskView({
      status: 'blocked',
      attempts: 0,
      turns: 0,
      costUsd: 0,
      result: 'Task 2 failed.',
    })
    expect(shown(renderReceipt({ task: blocked, total: 7 }))).toMatchInlineSnapshot(`
      "⛔ <b>Task 3 of 7 is blocked</b>
      Add a login endpoint

      Task 2 failed."
    `)
  })
})

describe('the rest', () => {
  test('a usage limit says when it goes on', () => {
    expect(shown(renderHold({ hold, task: sample.sampleTaskView() }, now))).toMatchInlineSnapshot(`
      "⏳ <b>Claude’s five-hour session limit; resumes at 22:26</b>

      Task 3 (Add a login endpoint) will pick up where it left off; no retry is used.
      (silent)"
    `)
  })

  test('cost', () => {
    expect(
      shown(renderCost({ todayUsd: 4.89, dayBudgetUsd: 20, run: sample.sampleRun(), tasks: sample.sampleTasks })),
    ).toMatchInlineSnapshot(`
      "💰 <b>Cost</b>

      <b>Today </b>$4.89 of $20.00
      ▰▰▱▱▱▱▱▱▱▱ 24%

      <b>This run </b>$4.89

      <pre>1 Set up the project     $0.31
      2 Database schema for p… $1.12
      3 Add a login endpoint   $0.87
      4 Add a logout endpoint  $0.19
      5 Import the old custom… $2.40</pre>
      (silent)"
    `)
  })

  test('the log: its end in the chat, the whole as a document', () => {
    const lines = Array.from({ length: 300 }, (_, i) => `21:13 line ${i} <tag>`)
    const message = renderLog(
      { task: sample.sampleTaskView(), lines, whole: lines.join('\n'), updatedAt: sample.at('21:14:05') },
      now,
    )
    expect(htmlOf(message).split('\n').slice(0, 5).join('\n')).toMatchInlineSnapshot(`
      "📄 <b>Log of task 3</b>
      Add a login endpoint
      last line 12 s ago

      <pre>…"
    `)
    expect(plainOf(message)).toMatch(/21:13 line 299 <tag>\n+All of it is in task-3\.log, above\.$/)
    expect(message.document).toEqual({
      name: 'task-3.log',
      caption: 'Log of task 3, whole',
      content: lines.join('\n'),
    })
    expect(plainOf(renderLog({ lines: [] }, now))).toContain('The log is still empty.')
  })

  test('help names every command of the contract', () => {
    expect(shown(renderHelp())).toMatchInlineSnapshot(`
      "🪄 <b>Baton works through your list of tasks and asks you when it needs a decision.</b>

      <b>Look</b>
      /status – Show what is running and waiting
      /tasks – List the tasks
      /logs [lines] – Show the last lines of the log
      /diff [n] – Show what the task changed
      /cost – Cost so far
      /dashboard – Get a link to the dashboard

      <b>Decide</b>
      /approve [n] – Approve what is waiting
      /reject [n] [why] – Reject it, with an optional reason
      /answer &lt;text&gt; – Answer a question in words
      /snooze [n] [when] – Be reminded of it later: 30m, tonight, tomorrow

      <b>Control</b>
      /start [file] – Start the tasks in a file
      /pause [after] – Pause now, or after the running task
      /resume – Resume
      /skip [n] [why] – Skip the task
      /retry [n] – Retry the failed task
      /move &lt;n&gt; [before m] – Move a queued task: before another one, first or last
      /stop [why] – Stop the run
      /say &lt;text&gt; – Send Claude a message while it works
      /release [n] [done] [words] – Hand back a task that was taken over; done: only its checks are left
      /undo [n] – Undo a task's changes
      /land [run] – Bring a run's merged work to your branch
      /deploy &lt;environment&gt; [commit] [why] – Deploy to an environment: the newest commit of its branch, or one you name
      /rollback &lt;environment&gt; – Roll an environment back to the release before
      /freeze &lt;environment&gt; [until] [why] – Stop deployments to an environment, for a time or until you unfreeze it
      /unfreeze &lt;environment&gt; – End the freeze of an environment, or the lock after a failed rollback
      /plan [words] – Draft a task file from your words or today's note
      /add &lt;text&gt; – Add a task
      /github [take|review|merge n] – Show open issues and pull requests; take, review or merge one

      n is the number of a task. Without it, the command is about the task whose message you reply to, or the current one. With several projects, put the name of one first: /skip web. Answer questions with their buttons or by replying to them. A file or photo goes to Claude with its caption.
      (silent)"
    `)
    const names =
      'start status tasks approve reject answer snooze pause resume skip retry stop say logs diff undo add cost help'.split(
        ' ',
      )
    expect(
      botCommands()
        .map(({ command }) => command)
        .sort(),
    ).toEqual(
      [...names, ...'dashboard deploy freeze github land move plan release rollback unfreeze'.split(' ')].sort(),
    )
  })

  test('an unknown file: the files there are, as buttons', () => {
    expect(shown(renderFileChoice(['tasks/today.md', 'tasks/docs.md'], { unknown: 'tody.md' }))).toMatchInlineSnapshot(`
      "No such file: <code>tody.md</code>. <b>Which one should I start?</b>
      ---
      [tasks/today.md]
      [tasks/docs.md]
      (silent)"
    `)
    expect(plainOf(renderFileChoice([]))).toContain('There is no task file yet.')
  })

  test('many files: the last ones, since files of the day are named by their date', () => {
    const files = Array.from({ length: 45 }, (_, i) => `tasks/2026-${String(i).padStart(2, '0')}.md`)
    const message = renderFileChoice(files)
    expect(labels(message)).toHaveLength(30)
    expect(labels(message).at(-1)).toBe('tasks/2026-44.md')
    expect(plainOf(message)).toContain('… and 15 more')
  })

  test('files with long names: numbered, so that no two buttons look alike, and listed whole', () => {
    const files = ['b', 'c'].map((end) => `tasks/shop/a-file-with-a-name-that-is-very-long-and-ends-with-${end}.md`)
    expect(labels(renderFileChoice(Array.from({ length: 40 }, () => files[0] ?? '')))).toHaveLength(12)
    const message = renderFileChoice([...files, 'tasks/today.md'])
    expect(labels(message)[0]).toMatch(/^1 · shop\/a-file-with/)
    expect(labels(message)[2]).toBe('3 · today.md')
    expect(plainOf(message)).toContain(
      'In tasks/\n1 · shop/a-file-with-a-name-that-is-very-long-and-ends-with-b.md\n2 · ',
    )
  })

  test('notices, reminders, and the id of who may be allowed', () => {
    expect(shown(renderNotice('Paused.', { mark: '⏸', silent: true }))).toMatchInlineSnapshot(`
      "⏸ Paused.
      (silent)"
    `)
    expect(shown(renderReminder(sample.samplePermission(), sample.moment('23:10')))).toMatchInlineSnapshot(`
      "⏰ <b>Still waiting for you</b>
      Run a command

      Asked 2 h ago.
      ---
      [Show it]
      [30 min] [Tonight] [Tomorrow]"
    `)
    expect(shown(renderOwnId('4711', 'TELEGRAM_ALLOWED_USERS'))).toMatchInlineSnapshot(`
      "Your numeric id is <code>4711</code>.

      To give yourself access to this bot, add it to <code>.env</code> as <code>TELEGRAM_ALLOWED_USERS=4711</code> and restart Baton.
      (silent)"
    `)
  })
})
