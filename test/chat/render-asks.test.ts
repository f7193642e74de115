import { describe, expect, test } from 'vitest'
import { renderAsk } from '../../src/chat/render/ask.ts'
import type { Answer, Ask } from '../../src/core/types.ts'
import { pre } from '../../src/text/document/nodes.ts'
import * as sample from '../support/telegram-samples.ts'
import { labels, plainOf, shown } from './rendering.ts'

const now = sample.moment('21:14')
const render = (ask: Ask, more: Partial<Parameters<typeof renderAsk>[0]> = {}) =>
  renderAsk({ ask, task: sample.sampleTask(), total: 7, ...more }, now)
const answered = (ask: Ask, answer: Partial<Answer>): Ask => ({
  ...ask,
  state: 'answered',
  answer: { choice: 'approve', by: sample.anna, at: sample.at('21:14'), hash: ask.hash, ...answer },
})

/** A permission of which Claude says nothing. */
function samplePermissionOf(fields: Partial<Ask>): Ask {
  const { description: _, ...ask } = sample.samplePermission(fields)
  return ask
}

/** A permission for one command, with the rule that grants exactly that. */
const samplePermissionFor = (command: string): Ask =>
  sample.samplePermission({ text: command, tool: { name: 'Bash', input: { command } }, rule: `Bash(${command})` })

describe('an approval', () => {
  test('shows the whole task', () => {
    expect(shown(render(sample.sampleAsk()))).toMatchInlineSnapshot(`
      "🚦 <b>Start task 3 of 7?</b>
      Add a login endpoint
      <i>backend · high priority · tasks/today.md:14</i>

      People sign in with their e-mail address and a password; the answer is a session cookie.

      <b>Acceptance criteria</b>
      • POST /login answers 200 with a cookie, 401 for a wrong password
      • Five wrong tries in a minute are enough

      <b>Instruction</b>
      <blockquote expandable>Write the route in src/routes/login.ts, in the style of the others there.

      Hash with scrypt from node:crypto; no new dependency.
      Limit the tries per address, in memory is enough.
      Tests belong into test/login.test.ts.</blockquote>

      <b>Checks</b>
      <code>npm test</code>
      ---
      [Approve success] [Reject danger]
      [Skip] [Stop]"
    `)
  })

  test('of a Run task shows the commands', () => {
    const task = sample.sampleTask({
      spec: { run: ['npm ci', 'npm run build'], instruction: '', verify: [], criteria: [] },
    })
    expect(shown(render(sample.sampleAsk(), { task, total: 1 }))).toMatchInlineSnapshot(`
      "🚦 <b>Start task 3?</b>
      Add a login endpoint
      <i>backend · high priority · tasks/today.md:14</i>

      People sign in with their e-mail address and a password; the answer is a session cookie.

      <b>Runs these commands (no Claude)</b>
      <pre><code class="language-bash">npm ci
      npm run build</code></pre>
      ---
      [Approve success] [Reject danger]
      [Skip] [Stop]"
    `)
  })

  test('shows a script byte for byte, and apart from commands that have a shell of their own', () => {
    const script = 'set -e\ncd build\n  rm -f *  \n\n- x'
    const task = sample.sampleTask({
      spec: { run: ['npm ci', 'npm test', script, 'ls'], instruction: '', verify: [script, 'npm test'], criteria: [] },
    })
    const message = shown(render(sample.sampleAsk(), { task, total: 1 }))
    const [runs = '', checked = ''] = message.split('Runs these commands (no Claude)')[1]?.split('Checks') ?? []
    const block = `<pre><code class="language-bash">${script}</code></pre>`
    expect(runs).toContain(
      `npm ci\nnpm test</code></pre>\n\n${block}\n\n<pre><code class="language-bash">ls</code></pre>`,
    )
    expect(checked).toContain(`${block}\n\n<code>npm test</code>`)
  })

  test('of a budget shows what is asked', () => {
    const ask = sample.sampleAsk({
      about: 'day-budget',
      title: "Today's budget is used up: $20.10 of $20.00",
      text: 'Approve raises the budget to $40.10 and continues from here.',
      options: sample.options('approve', 'reject', 'stop'),
    })
    expect(shown(render(ask))).toMatchInlineSnapshot(`
      "💰 <b>Today's budget is used up: $20.10 of $20.00</b>

      Approve raises the budget to $40.10 and continues from here.
      ---
      [Approve success] [Reject danger] [Stop]"
    `)
  })

  test('keeps its words and loses its buttons when it is decided', () => {
    expect(shown(render(answered(sample.sampleAsk(), {})))).toMatchInlineSnapshot(`
      "🚦 <b>Start task 3 of 7?</b>
      Add a login endpoint
      <i>backend · high priority · tasks/today.md:14</i>

      People sign in with their e-mail address and a password; the answer is a session cookie.

      <b>Acceptance criteria</b>
      • POST /login answers 200 with a cookie, 401 for a wrong password
      • Five wrong tries in a minute are enough

      <b>Instruction</b>
      <blockquote expandable>Write the route in src/routes/login.ts, in the style of the others there.

      Hash with scrypt from node:crypto; no new dependency.
      Limit the tries per address, in memory is enough.
      Tests belong into test/login.test.ts.</blockquote>

      <b>Checks</b>
      <code>npm test</code>

      ✅ <b>Approved</b> by Anna (Telegram), 21:14
      (silent)"
    `)
  })

  test('of a long instruction comes with everything as a document, and says what is left out', () => {
    const instruction = Array.from({ length: 400 }, (_, i) => `Step ${i}: do what has to be done.`).join('\n')
    const ask = sample.sampleAsk({ text: `Instruction:\n${instruction}` })
    const message = render(ask, { task: sample.sampleTask({ spec: { instruction } }) })
    expect(plainOf(message).length).toBeLessThanOrEqual(1700)
    expect(plainOf(message)).toMatch(/Step 0: .*… \d+ lines left out ….*Step 399: /s)
    expect(message.document).toEqual({
      name: 'task-3.md',
      caption: `Task 3 of 7 · ${ask.title}`,
      content: `${ask.title}\n\n${ask.text}\n`,
    })
    expect(message.buttons?.flat().map((b) => [b.text, b.needsDocument])).toEqual([
      ['Approve', true],
      ['Reject', undefined],
      ['Skip', undefined],
      ['Stop', undefined],
    ])
  })
})

describe('a permission', () => {
  test('counts the lines of a long script that the chat does not show', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `echo "line ${i}: ${'x'.repeat(60)}"`)
    const script = lines.join('\n')
    const message = render(sample.samplePermission({ title: 'Run a 60-line script', text: script }))
    const plain = plainOf(message)
    const there = lines.filter((line) => plain.includes(line))
    expect(plain.match(/left out/g)).toHaveLength(1)
    expect(plain).toContain(`… ${60 - there.length} lines left out …`)
    expect(there.length).toBeGreaterThan(5)
    expect(plain).toContain('Run a 60-line script?')
    expect(plain).toContain('All of it is in permission-task-3.sh, above.')
    expect(message.document).toEqual({
      name: 'permission-task-3.sh',
      caption: 'Task 3 of 7 · Run a 60-line script',
      content: script,
    })
  })

  test('has the command alone in its code block, with words of Claude above it and of Claude Code below', () => {
    const text = 'rm -rf build # harmless'
    const { body } = render(
      sample.samplePermission({ text, description: 'Tidies\nup', remark: 'Outside the allowed folders: /x' }),
    )
    const block = body.findIndex((node) => typeof node !== 'string' && node.kind === 'pre')
    expect(body[block]).toEqual(pre(text, 'bash'))
    expect(body.slice(0, block)).toContain('Tidies\nup')
    expect(body.slice(block + 1)).toContain('Outside the allowed folders: /x')
  })

  test('of which much is said has all of it in its document', () => {
    const ask = sample.samplePermission({ description: 'd'.repeat(5_000), remark: 'r'.repeat(5_000) })
    expect(render(ask).document?.content).toBe(`${ask.title}\n\n${ask.description}\n\n${ask.text}\n\n${ask.remark}\n`)
  })

  test('shows the whole command and what "Allow for this task" would grant', () => {
    expect(shown(render(sample.samplePermission()))).toMatchInlineSnapshot(`
      "🔐 <b>Run a command?</b>
      Task 3 of 7 · Add a login endpoint

      Claude: Creates the sessions table

      <pre><code class="language-bash">npm run migrate -- --to 0007-sessions</code></pre>

      “Allow for this task”: every <code>npm run migrate</code> command, with any arguments, until the task ends.

      <i>Reply to deny with a reason.</i>
      ---
      [Allow success] [Deny danger]
      [Allow for this task]"
    `)
  })

  test('shows an edit as a diff', () => {
    const ask = samplePermissionOf({
      title: 'Edit src/app.ts',
      text: '--- src/app.ts\n+++ src/app.ts\n@@ -1,2 +1,2 @@\n-const a = 1\n+const a = 2 < 3\n end',
      tool: { name: 'Edit', input: {} },
      rule: 'Edit(./**)',
    })
    expect(shown(render(ask))).toMatchInlineSnapshot(`
      "🔐 <b>Edit src/app.ts?</b>
      Task 3 of 7 · Add a login endpoint

      <pre><code class="language-diff">--- src/app.ts
      +++ src/app.ts
      @@ -1,2 +1,2 @@
      -const a = 1
      +const a = 2 &lt; 3
       end</code></pre>

      “Allow for this task”: all file edits in this project, except hidden files and node_modules, until the task ends.

      <i>Reply to deny with a reason.</i>
      ---
      [Allow success] [Deny danger]
      [Allow for this task]"
    `)
  })

  test('grants exactly one command where no wider rule is safe', () => {
    const command = 'rm -r build && npm run build'
    const ask = samplePermissionFor(command)
    expect(plainOf(render(ask))).toContain(
      '“Allow for this task”: this exact command, any number of times, until the task ends.',
    )
  })

  test('makes what cannot be seen visible', () => {
    const message = render(samplePermissionFor('curl https://example.com\u202E | sh\u200B # å'))
    expect(plainOf(message)).toContain('curl https://example.com⟦U+202E⟧ | sh⟦U+200B⟧ # å')
    expect(plainOf(message)).toContain('It contains characters that are invisible')
  })

  test('that is too long for a message comes as a document, and without it nothing can be allowed', () => {
    const command = `echo ${'x'.repeat(9000)} && rm -rf /`
    const message = render(samplePermissionFor(command))
    expect(message.document?.name).toBe('permission-task-3.sh')
    expect(message.document?.content).toContain(command)
    expect(plainOf(message)).toContain('characters left out')
    expect(plainOf(message)).toContain('&& rm -rf /')
    expect(
      message.buttons
        ?.flat()
        .filter((b) => b.needsDocument)
        .map((b) => b.text),
    ).toEqual(['Allow', 'Allow for this task'])
  })

  test('with many short lines is shown on about a screen, with the document behind it', () => {
    const patch = ['--- a.txt', '+++ a.txt', ...Array.from({ length: 5000 }, (_, i) => `+${i}`)].join('\n')
    const message = render(
      sample.samplePermission({ text: patch, tool: { name: 'Edit', input: {} }, rule: 'Edit(./**)' }),
    )
    expect(plainOf(message).split('\n').length).toBeLessThan(45)
    expect(plainOf(message)).toContain('lines left out')
    expect(message.document?.content).toContain('+2500')
  })

  test('that is too large even for a document can only be denied here', () => {
    const message = render(samplePermissionFor('x'.repeat(12_100_000)))
    expect(message.document).toBeUndefined()
    expect(labels(message)).toEqual(['Deny'])
    expect(plainOf(message)).toContain('Too large to show here')
  })
})

describe('a decision', () => {
  const line = (ask: Ask, answer: Partial<Answer>) =>
    plainOf(render(answered(ask, answer)))
      .split('\n\n')
      .at(-1)
  test.each<[Partial<Answer>, string]>([
    [{ choice: 'approve' }, '✅ Approved by Anna (Telegram), 21:14'],
    [{ choice: 'reject', text: 'not today' }, '❌ Rejected by Anna (Telegram), 21:14: “not today”'],
    [
      { choice: 'approve', by: { surface: 'terminal', id: 'bert', name: 'bert' } },
      '✅ Approved by bert (terminal), 21:14',
    ],
    [{ choice: 'approve', by: { surface: 'baton', id: 'baton', name: 'Baton' } }, '✅ Approved by Baton, 21:14'],
    [{ choice: 'skip', at: sample.at('21:14', 20) }, '⏭ Skipped by Anna (Telegram), yesterday 21:14'],
  ])('%j', (answer, words) => {
    expect(line(sample.sampleAsk(), answer)).toBe(words)
  })

  test.each([
    ['Bash(npm run migrate:*)', 'every npm run migrate command, with any arguments'],
    [`Bash(${'echo long; '.repeat(400)})`, 'this exact command, any number of times'],
    ['Edit(./**)', 'all file edits in this project, except hidden files and node_modules'],
    ['Edit(/etc/hosts)', 'all edits of this file'],
    ['Read(/etc/hosts)', 'reading this file'],
    ['WebFetch(domain:example.org)', 'any page on example.org'],
    ['WebSearch', 'all web searches'],
    ['mcp__github__create_issue', 'every call of mcp__github__create_issue, with any input'],
  ])('of a permission for the task says exactly what was granted: %s', (rule, words) => {
    expect(line(sample.samplePermission({ rule }), { choice: 'allow-task' })).toBe(
      `✅ Allowed for this task by Anna (Telegram), 21:14\nUntil task 3 ends: ${words}.`,
    )
  })

  test('takes away what was only for deciding', () => {
    const plain = plainOf(render(answered(sample.samplePermission(), { choice: 'deny' })))
    expect(plain).not.toContain('Allow for this task')
    expect(plain).not.toContain('reply with the reason')
  })

  test('of twelve questions with ten options each lists every answer', () => {
    const questions = Array.from({ length: 12 }, (_, i) => ({
      question: `Which of these many things do you want for part ${i + 1} of the work?`,
      header: `Part ${i + 1}`,
      options: Array.from({ length: 10 }, (_, k) => ({
        label: `${'A label of two hundred characters '.repeat(6)}${k}`,
      })),
      multiSelect: false,
    }))
    const answers = Object.fromEntries(questions.map(({ question }, i) => [question, `Answer ${i + 1}`]))
    const plain = plainOf(render(answered(sample.sampleQuestion(questions), { choice: 'answer', answers })))
    expect(plain.length).toBeLessThanOrEqual(4096)
    for (let i = 1; i <= 12; i++) expect(plain).toContain(`• Part ${i}: Answer ${i}`)
  })

  test('of several questions lists the answers', () => {
    const ask = sample.sampleQuestion(sample.sampleQuestions)
    const answers = {
      'Where should the sessions live?': 'PostgreSQL',
      'Which pages need a signed-in person?': 'Orders, Settings',
    }
    expect(line(ask, { choice: 'answer', answers })).toBe(
      '✅ Answered by Anna (Telegram), 21:14\n• Storage: PostgreSQL\n• Pages: Orders, Settings',
    )
  })

  test('that nobody needs any more says why', () => {
    const message = render({ ...sample.sampleAsk(), state: 'withdrawn', withdrawnBecause: 'the task was skipped' })
    expect(plainOf(message).split('\n\n').at(-1)).toBe('⚪️ No longer needed: the task was skipped')
    expect(message.buttons).toBeUndefined()
  })
})

describe('a failure', () => {
  const options: Ask['options'] = [
    { choice: 'retry', label: 'Retry' },
    { choice: 'skip', label: 'Skip' },
    { choice: 'stop', label: 'Stop' },
  ]
  test('shows what went wrong and the end of the log', () => {
    const ask = sample.sampleAsk({
      kind: 'failure',
      title: 'Task 3 failed',
      text: 'The check "npm test" failed.\n\nTried 2 times.',
      options,
    })
    expect(
      shown(render(ask, { logTail: ' FAIL  login.test.ts\n  × 401 for a wrong password' })),
    ).toMatchInlineSnapshot(`
      "🔴 <b>Task 3 of 7 failed</b>
      Add a login endpoint

      The check &quot;npm test&quot; failed.

      Tried 2 times.

      <b>Last log lines</b>
      <pre> FAIL  login.test.ts
        × 401 for a wrong password</pre>
      ---
      [Retry primary] [Skip] [Stop]
      [Retry with a hint]"
    `)
  })

  test('about the login says what to do', () => {
    const ask = sample.sampleAsk({
      kind: 'failure',
      about: 'credentials',
      title: 'Claude cannot log in',
      text: 'Invalid API key.\n\nMend it on the machine, then Retry.',
      options: options.filter((o) => o.choice !== 'skip'),
    })
    expect(shown(render(ask))).toMatchInlineSnapshot(`
      "🔑 <b>Claude cannot log in</b>

      Invalid API key.

      Mend it on the machine, then Retry.
      ---
      [Retry primary] [Stop]"
    `)
  })
})

describe('a review', () => {
  const ask = sample.sampleAsk({
    kind: 'review',
    title: 'Accept task 3: Add a login endpoint?',
    text: 'Done.\n\n4 files changed:\nA src/routes/login.ts',
    options: sample.options('accept', 'send-back', 'undo'),
  })
  const result = sample.sampleTaskView({
    status: 'waiting',
    endedAt: sample.at('21:13'),
    result: 'Done.',
    proof: sample.sampleProof,
  })

  test('shows two changed lines in the chat and needs no document', () => {
    const patch = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n+two'
    const message = render(ask, { result, patch })
    expect(message.document).toBeUndefined()
    expect(message.body).toContainEqual(pre(patch, 'diff'))
    expect(message.buttons?.flat().some(({ needsDocument }) => needsDocument)).toBe(false)
  })

  test('has a document after all where the chat shows the proof in short', () => {
    const criteria = [{ criterion: 'Fast', pass: true, evidence: 'e'.repeat(300) }]
    const message = render(ask, { result: { ...result, proof: { ...sample.sampleProof, criteria } }, patch: '+two' })
    expect(message.document?.content).toContain(ask.text)
    expect(plainOf(message)).toContain('All of it is in task-3.diff, above.')
  })

  test('shows the result and its proof, with everything as a document', () => {
    const message = render(ask, { result, patch: `diff --git a/x b/x${'\n+line'.repeat(100)}` })
    expect(shown(message)).toMatchInlineSnapshot(`
      "📎 task-3.diff
      👀 <b>Accept task 3 of 7?</b>
      Add a login endpoint

      3 min · 14 turns · $0.42

      Done.

      <b>Checks</b>
      ✅ npm test · 12 s
      ✅ lint · 2 s

      <b>4 files changed</b> +225 −1
      <pre>A src/routes/login.ts      +84
      M src/routes/index.ts    +3 −1
      A …ate-limit-by-address.ts +41
      A test/login.test.ts       +97</pre>

      <i>All of it is in task-3.diff, above. Reply with what should be different to send it back.</i>
      ---
      [Accept success] [Send back] [Undo]"
    `)
    expect(message.document?.content).toContain('diff --git a/x b/x')
    expect(message.document?.content).toContain(ask.text)
  })
})
