import type { Proof } from '../../src/core/types.ts'
import type { House } from './house.ts'

const DAY_MS = 86_400_000

/** A day's work as it might look. */
export /** Words as Claude writes them, with what must never become more than words. */
const RESULT = `## The endpoint answers

**84 tests pass.** The cost of argon2id stands in \`config.yaml\` as \`auth.cost\`; see [the docs](https://docs.example/argon2).

- Wrong password: 401, after a *constant* time
- Too many tries: 429
  1. after five in a minute

| File | Lines |
| --- | ---: |
| \`src/login.ts\` | 80 |
| \`test/login.test.ts\` | 122 |

\`\`\`ts
app.post('/login', login)
\`\`\`

> Log-ins are kept for a day.

<img src=x onerror="document.title='pwned'"> [click](javascript:alert(1)) ![pixel](https://evil.example/p.png)`

const DAY_FILE = `# Tasks - 2026-11-21

## Task 1: Add a login endpoint
**Type:** backend
**Priority:** high
**Description:** People log in with their e-mail address and a password
**Acceptance Criteria:**
- POST /login answers 200 with a session cookie
- A wrong password answers 401 in the same time

**Verify:**
- npm test

**Claude Instruction:**
Add POST /login to src/server.ts. Hash with argon2id, keep the cost in config.

## Task 2: Write the migration for sessions
**Type:** database
**Claude Instruction:**
Create the table sessions.

## Task 3: Rate-limit the login
**Type:** backend
**Depends On:** Task 1
**Claude Instruction:**
Five wrong passwords a minute and address.

## Task 4: Replace the deprecated mail client
**Type:** backend
**Claude Instruction:**
Move from sendmail to nodemailer.

## Task 5: Log-in page
**Type:** frontend
**Claude Instruction:**
Build the page.

## Task 6: Translate the error messages
**Type:** documentation
**Claude Instruction:**
German and French.

## Task 7: Drop the table users_old
**Type:** database
**Requires Approval:** true
**Claude Instruction:**
Drop it.

## Task 8: Update the README
**Type:** documentation
**Claude Instruction:**
Describe the log-in.

## Task 9: End-to-end test of the whole log-in flow, with a wrong password, a locked account and a forgotten one
**Type:** testing
**Claude Instruction:**
Use playwright.
`

const PROOF: Proof = {
  checks: [
    { name: 'npm test', command: 'npm test', ok: true, exitCode: 0, durationMs: 8_200, output: '✓ 84 tests passed' },
    { name: 'types', command: 'tsc --noEmit', ok: true, exitCode: 0, durationMs: 3_900, output: '' },
  ],
  criteria: [
    { criterion: 'POST /login answers 200 with a session cookie', pass: true, evidence: 'test/login.test.ts:14' },
    { criterion: 'A wrong password answers 401 in the same time', pass: true, evidence: 'test/login.test.ts:41' },
  ],
  files: [
    { path: 'src/login.ts', change: 'A', added: 86, deleted: 0 },
    { path: 'src/server.ts', change: 'M', added: 12, deleted: 3 },
    { path: 'test/login.test.ts', change: 'A', added: 64, deleted: 0 },
  ],
  flags: ['The summary names src/limits.ts, which was not changed.'],
}

export const PATCH = `diff --git a/src/server.ts b/src/server.ts
index 1111111..2222222 100644
--- a/src/server.ts
+++ b/src/server.ts
@@ -3,7 +3,10 @@ import { config } from './config.ts'
 
 const app = express()
-app.use(express.json())
+app.use(express.json({ limit: '10kb' }))
+
+app.post('/login', login)
 
 export { app }
diff --git a/src/login.ts b/src/login.ts
new file mode 100644
--- /dev/null
+++ b/src/login.ts
@@ -0,0 +1,4 @@
+import { verify } from 'argon2'
+
+export async function login(req, res) {
+}
`

export const EDIT = `--- src/limits.ts
+++ src/limits.ts
@@ -8,9 +8,14 @@
 export function loginLimit() {
-  return new Map<string, number>()
+  const tries = new Map<string, { count: number; since: number }>()
+  return (address: string, now: number) => {
+    const entry = tries.get(address)
+    if (!entry || now - entry.since > 60_000) tries.set(address, { count: 1, since: now })
+    else entry.count++
+    return (tries.get(address)?.count ?? 0) <= 5
+  }
 }`

const LOG = [
  '09:14:02 claude 2.1.330, model claude-opus-4-5',
  '09:14:05 I will look at how requests are handled now before I add the limit.',
  '09:14:06 → Read src/server.ts',
  "09:14:06 ← import express from 'express'\n         import { login } from './login.ts'\n         import { config } from './config.ts'\n         \n         const app = express()\n         app.use(express.json({ limit: '10kb' }))\n         app.post('/login', login)\n         export { app }",
  '09:14:21 → Run a command\n         npm test -- --run limits',
  '09:14:29 ✗ FAIL test/limits.test.ts > allows five tries a minute\n         AssertionError: expected 200 to be 429',
  '09:14:40 The limit has to count by address and by account, otherwise one address could lock everybody out. I keep the times in memory and forget them after a minute.',
  '09:14:52 → Edit src/limits.ts',
  '09:14:52 ? Edit src/limits.ts: wait',
]

/** Past runs over a month, and a run in the middle of its third task. */
export async function stageWork(house: House, { history = 12, asks = true } = {}): Promise<void> {
  const by = { surface: 'telegram', id: '4711', name: 'Anna' } as const
  house.wait(-history * 2 * DAY_MS)
  for (let i = 0; i < history; i++) {
    const count = 2 + (i % 4)
    const tasks = Array.from(
      { length: count },
      (_, n) => `## Task ${n + 1}: Chore ${n + 1}\n**Claude Instruction:**\nDo it.\n`,
    )
    const file = `tasks/day-${i + 1}.md`
    house.write(file, tasks.join('\n'))
    await house.api.submit({ type: 'start', files: [file], autoApprove: i % 3 === 0 }, by)
    for (let n = 0; n < count; n++) {
      house.begin(...LOG)
      house.wait(240_000 + 60_000 * ((i * 7 + n * 3) % 11))
      const failed = i % 5 === 2 && n === count - 1
      house.end({
        kind: failed ? 'failed' : 'done',
        text: failed ? 'The build breaks.' : 'done',
        sessionCostUsd: 0.2 + ((i * 5 + n * 3) % 9) / 6,
      })
      if (failed) await house.api.submit({ type: 'skip', why: 'later' }, by)
    }
    house.wait(2 * DAY_MS - count * 600_000)
  }
  house.wait(Date.now() - house.now() - 40 * 60_000)

  house.write('tasks/2026-11-21.md', DAY_FILE)
  await house.api.submit({ type: 'start', files: ['tasks/2026-11-21.md'] }, by)
  for (const result of [RESULT, 'The table and its index are there; the migration runs twice without harm.']) {
    house.begin(...LOG)
    house.wait(9 * 60_000)
    house.end({ result, sessionCostUsd: 0.84, turns: 14 }, PROOF)
  }
  house.begin(...LOG)
  house.wait(Date.now() - house.now() - 4_000)
  const live = house.feed.current()[0]
  if (live)
    house.feed.set({
      ...live,
      activity: 'editing src/limits.ts',
      turns: 11,
      costUsd: 0.42,
      startedAt: house.now() - 197_000,
      lastOutputAt: house.now(),
      checkedAt: house.now(),
    })
  if (asks)
    house.ask({
      tool: 'Edit',
      input: { file_path: 'src/limits.ts' },
      title: 'Edit src/limits.ts',
      text: EDIT,
      rule: 'Edit(src/**)',
    })
}
