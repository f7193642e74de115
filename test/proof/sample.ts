import type { Actor, Ask, Attempt, Run, Task, TaskSpec } from '../../src/core/types.ts'
import { options } from '../support/samples.ts'

const start = Date.UTC(2026, 10, 21, 9, 14)
const minutes = (n: number) => start + n * 60_000
const anna: Actor = { surface: 'telegram', id: '4711', name: 'Anna' }

export const run: Run = {
  id: '2026-11-21-1',
  queue: 'main',
  seq: 1,
  state: 'failed',
  files: ['tasks/2026-11-21.md'],
  autoApprove: false,
  startedBy: { surface: 'terminal', id: 'anna', name: 'anna' },
  createdAt: start,
  startedAt: start,
  endedAt: minutes(95),
  costUsd: 1.834,
}

function spec(title: string, more: Partial<TaskSpec> = {}): TaskSpec {
  return {
    origin: { source: 'files', ref: title, file: 'tasks/2026-11-21.md', line: 12, form: 'section' },
    title,
    priority: 'medium',
    criteria: [],
    verify: [],
    instruction: title,
    context: '',
    done: false,
    ...more,
  }
}

export function task(number: number, title: string, more: Partial<Task> = {}, specMore: Partial<TaskSpec> = {}): Task {
  return {
    id: `t${number}`,
    runId: run.id,
    number,
    position: number - 1,
    dependsOn: [],
    spec: spec(title, specMore),
    phase: 'done',
    attempts: 1,
    failures: 0,
    costUsd: 0.61,
    turns: 14,
    startedAt: minutes(number * 10),
    endedAt: minutes(number * 10 + 9),
    ...more,
  }
}

export function attempt(number: number, more: Partial<Attempt> = {}): Attempt {
  return {
    ...{
      id: `a${number}`,
      taskId: 't1',
      runId: run.id,
      number,
      sessionId: '5f0c',
      cwd: '/p',
      processes: 1,
      live: false,
      heard: true,
    },
    ...{
      startedAt: minutes(10 + number * 3),
      endedAt: minutes(12 + number * 3),
      outcome: 'done',
      costUsd: 0.3,
      turns: 7,
      logFile: 'l',
      rawFile: 'r',
    },
    ...more,
  }
}

export function ask(more: Partial<Ask> = {}): Ask {
  return {
    ...{
      id: 'k1',
      queue: 'main',
      runId: run.id,
      taskId: 't1',
      task: 1,
      kind: 'permission',
      title: 'Run npm install bcrypt',
      text: 'npm install bcrypt',
    },
    options: options('allow', 'deny'),
    ...{ hash: 'h', state: 'answered', openedAt: minutes(12), closedAt: minutes(16) },
    answer: { choice: 'allow', by: anna, at: minutes(16), hash: 'h' },
    ...more,
  }
}

export const login = task(
  1,
  'Add a login endpoint',
  {
    approvedBy: anna,
    attempts: 2,
    sentBack: 1,
    result:
      '## Summary\n\nAdded `POST /login` with a **rate limit**:\n\n- `src/login.ts`: the handler, 5 tries a minute\n- `src/login.test.ts`: 6 tests\n\nRan `npm test`; all 48 tests pass. I did not touch the sign-up form (it has its own limiter).\n\n```sh\ncurl -X POST localhost:3000/login\n```',
    proof: {
      checks: [
        {
          name: 'npm test',
          command: 'npm test',
          ok: true,
          exitCode: 0,
          durationMs: 8_420,
          output: 'Tests  48 passed (48)\n',
        },
        {
          name: 'types',
          command: 'npx tsc --noEmit | tee types.log',
          ok: true,
          exitCode: 0,
          durationMs: 3_100,
          output: '',
        },
      ],
      criteria: [
        {
          criterion: 'A right password answers 200 with a session cookie',
          pass: true,
          evidence: 'src/login.ts:31 `res.cookie("sid", …)`',
        },
        {
          criterion: 'After 5 wrong tries in a minute it answers 429',
          pass: true,
          evidence: 'src/login.test.ts:58, and the test passes',
        },
      ],
      files: [
        { path: 'src/login.ts', change: 'A', added: 80, deleted: 0 },
        { path: 'src/login.test.ts', change: 'A', added: 121, deleted: 0 },
        { path: 'src/app.ts', change: 'M', added: 3, deleted: 1 },
        { path: 'docs/api/login.md', change: 'R', from: 'docs/login.md', added: 4, deleted: 2 },
        { path: 'docs/login.png', change: 'A' },
      ],
      commit: 'a3f9c01d2b7e',
    },
  },
  { type: 'backend' },
)

export const logout = task(2, 'Clear sessions on @logout | see #12', {
  phase: 'failed',
  outcome: 'failed',
  result: 'The check “npm test” failed after 2 tries.',
  proof: {
    checks: [
      {
        name: 'npm test',
        command: 'npm test',
        ok: false,
        exitCode: 1,
        durationMs: 9_000,
        output: 'FAIL  src/logout.test.ts\n  expected 204\n  received 500\n\nTests  1 failed | 47 passed (48)\n',
      },
      { name: 'e2e', command: 'npm run e2e', ok: false, timedOut: true, durationMs: 600_000, output: '' },
    ],
    files: [{ path: 'src/we|ird `name`.ts', change: 'M', added: 9, deleted: 4 }],
    flags: ['Claude says “All tests pass.”, but no command that could run tests was run.'],
    gitWrites: ['branch main: 1 new commit (“9f8e7d6 wip”)'],
  },
})

export const asks = [
  ask({
    id: 'k0',
    kind: 'approval',
    title: 'Start task 1?',
    options: [{ choice: 'approve', label: 'Approve' }],
    openedAt: minutes(0),
    closedAt: minutes(9),
    answer: { choice: 'approve', by: anna, at: minutes(9), hash: 'h' },
  }),
  ask(),
  ask({
    id: 'k2',
    kind: 'question',
    title: 'Which cookie lifetime?',
    options: [{ choice: 'answer', label: 'Answer' }],
    openedAt: minutes(14),
    closedAt: minutes(18),
    answer: {
      choice: 'answer',
      answers: { 'How long?': '30 days' },
      by: { surface: 'http', id: 'dashboard', name: 'dashboard' },
      at: minutes(18),
      hash: 'h',
    },
  }),
]

export const patch =
  'diff --git a/src/app.ts b/src/app.ts\n--- a/src/app.ts\n+++ b/src/app.ts\n@@ -1,3 +1,5 @@\n import express from "express"\n+import { login } from "./login.ts"\n'
