import type { Moment } from '../../src/chat/render/time.ts'
import type { Ask, Proof, Question, Task, TaskSpec } from '../../src/core/types.ts'
import type { RunView, StatusView, TaskView } from '../../src/daemon/views.ts'

/** Data for messages, made up once for golden tests and for the page that people look at. Saturday 21 November 2026. */
export const zone = 'Europe/Berlin'
export const at = (clock: string, day = 21) => {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number)
  // Berlin is one hour ahead of UTC in November.
  return Date.UTC(2026, 10, day, hours - 1, minutes, seconds)
}
export const moment = (clock: string): Moment => ({ now: at(clock), zone })

export const anna = { surface: 'telegram' as const, who: 'Anna (4711)' }

export function sampleSpec(fields: Partial<TaskSpec> = {}): TaskSpec {
  return {
    file: 'tasks/today.md',
    line: 14,
    form: 'section',
    key: 'Task 3',
    headingNumber: 3,
    title: 'Add a login endpoint',
    type: 'backend',
    priority: 'high',
    description: 'People sign in with their e-mail address and a password; the answer is a session cookie.',
    criteria: [
      'POST /login answers 200 with a cookie, 401 for a wrong password',
      'Five wrong tries in a minute are enough',
    ],
    verify: ['npm test'],
    instruction:
      'Write the route in src/routes/login.ts, in the style of the others there.\n\nHash with scrypt from node:crypto; no new dependency.\nLimit the tries per address, in memory is enough.\nTests belong into test/login.test.ts.',
    context: '',
    done: false,
    ...fields,
  }
}

export function sampleTask(fields: Partial<Omit<Task, 'spec'>> & { spec?: Partial<TaskSpec> } = {}): Task {
  const { spec, ...rest } = fields
  return {
    id: 'ktask3aaaaaaaaaa',
    runId: '2026-11-21-204000-ab3d',
    number: 3,
    position: 2,
    dependsOn: [],
    spec: sampleSpec(spec),
    phase: 'approval',
    attempts: 0,
    failures: 0,
    costUsd: 0,
    turns: 0,
    ...rest,
  }
}

export function sampleAsk(fields: Partial<Ask> = {}): Ask {
  return {
    id: 'k7dq2m9xw4ptabcd',
    queue: 'main',
    runId: '2026-11-21-204000-ab3d',
    taskId: 'ktask3aaaaaaaaaa',
    task: 3,
    kind: 'approval',
    title: 'Start Task 3: Add a login endpoint?',
    text: 'Type: backend · Priority: high · File: tasks/today.md:14\n\nInstruction:\nWrite the route.',
    options: [
      { choice: 'approve', label: 'Approve' },
      { choice: 'reject', label: 'Reject' },
      { choice: 'skip', label: 'Skip' },
      { choice: 'stop', label: 'Stop' },
    ],
    hash: 'h',
    state: 'open',
    openedAt: at('21:10'),
    ...fields,
  }
}

export function samplePermission(fields: Partial<Ask> = {}): Ask {
  return sampleAsk({
    kind: 'permission',
    title: 'Run a command',
    text: 'npm run migrate -- --to 0007-sessions\n\n# Creates the sessions table',
    tool: {
      name: 'Bash',
      input: { command: 'npm run migrate -- --to 0007-sessions', description: 'Creates the sessions table' },
    },
    rule: 'Bash(npm run migrate:*)',
    options: [
      { choice: 'allow', label: 'Allow' },
      { choice: 'allow-task', label: 'Allow for this task' },
      { choice: 'deny', label: 'Deny' },
    ],
    ...fields,
  })
}

export const sampleQuestions: Question[] = [
  {
    question: 'Where should the sessions live?',
    header: 'Storage',
    multiSelect: false,
    options: [
      { label: 'PostgreSQL', description: 'Already in docker-compose; survives a restart' },
      { label: 'Redis', description: 'Faster, one more service to run' },
      { label: 'In memory', description: 'Everybody signs in again after a deploy' },
    ],
  },
  {
    question: 'Which pages need a signed-in person?',
    header: 'Pages',
    multiSelect: true,
    options: [{ label: 'Orders' }, { label: 'Invoices' }, { label: 'Settings' }],
  },
]

export function sampleQuestion(questions: Question[] = sampleQuestions.slice(0, 1), fields: Partial<Ask> = {}): Ask {
  return sampleAsk({
    kind: 'question',
    title: questions.length === 1 ? (questions[0]?.question ?? '') : `Claude asks ${questions.length} questions`,
    text: questions
      .map((q) => [q.question, ...q.options.map((o, i) => `${i + 1}. ${o.label}`)].join('\n'))
      .join('\n\n'),
    questions,
    options: [],
    ...fields,
  })
}

export const sampleProof: Proof = {
  checks: [
    { name: 'npm test', command: 'npm test', ok: true, exitCode: 0, durationMs: 12_400, output: '48 passed' },
    { name: 'lint', command: 'npm run lint', ok: true, exitCode: 0, durationMs: 2_100, output: '' },
  ],
  files: [
    { path: 'src/routes/login.ts', change: 'A', added: 84, deleted: 0 },
    { path: 'src/routes/index.ts', change: 'M', added: 3, deleted: 1 },
    { path: 'src/middleware/rate-limit-by-address.ts', change: 'A', added: 41, deleted: 0 },
    { path: 'test/login.test.ts', change: 'A', added: 97, deleted: 0 },
  ],
}

export function sampleTaskView(fields: Partial<TaskView> = {}): TaskView {
  return {
    id: 'ktask3aaaaaaaaaa',
    number: 3,
    title: 'Add a login endpoint',
    type: 'backend',
    priority: 'high',
    status: 'running',
    file: 'tasks/today.md',
    line: 14,
    dependsOn: [],
    attempts: 1,
    startedAt: at('21:10'),
    costUsd: 0.42,
    turns: 14,
    ...fields,
  }
}

export const sampleTasks: TaskView[] = [
  ['Set up the project', 'done', '20:40', '20:44:12', 0.31],
  ['Database schema for people, orders and invoices', 'done', '20:44:12', '20:58:40', 1.12],
  ['Add a login endpoint', 'done', '21:10', '21:21:30', 0.87],
  ['Add a logout endpoint', 'done', '21:21:30', '21:24:05', 0.19],
  ['Import the old customers', 'failed', '21:24:05', '22:31:00', 2.4],
  ['Send the first newsletter', 'blocked', undefined, undefined, 0],
  ['README for the API', 'skipped', undefined, undefined, 0],
].map(([title, status, from, to, cost], i) => {
  const { startedAt: _, ...view } = sampleTaskView({
    id: `ktask${i + 1}aaaaaaaaaa`,
    number: i + 1,
    title: title as string,
    status: status as TaskView['status'],
    costUsd: cost as number,
  })
  return {
    ...view,
    ...(from !== undefined && { startedAt: at(from as string), endedAt: at(to as string) }),
    ...(status === 'blocked' && { blockedBy: [5] }),
  }
})

export function sampleRun(fields: Partial<RunView> = {}): RunView {
  return {
    id: '2026-11-21-204000-ab3d',
    queue: 'main',
    status: 'running',
    files: ['tasks/today.md'],
    autoApprove: false,
    createdAt: at('20:40'),
    startedAt: at('20:40'),
    costUsd: 4.89,
    total: 7,
    counts: { queued: 4, running: 1, waiting: 0, verifying: 0, done: 2, failed: 0, skipped: 0, blocked: 0, undone: 0 },
    ...fields,
  }
}

export function sampleStatus(fields: Partial<StatusView> = {}): StatusView {
  return {
    queue: 'main',
    runner: { pid: 4242, since: at('08:00'), kind: 'daemon' },
    run: sampleRun(),
    current: sampleTaskView(),
    live: {
      runId: '2026-11-21-204000-ab3d',
      taskId: 'ktask3aaaaaaaaaa',
      task: 3,
      title: 'Add a login endpoint',
      activity: 'editing src/routes/login.ts',
      startedAt: at('21:10'),
      turns: 14,
      costUsd: 0.42,
      lastOutputAt: at('21:14:01'),
      checkedAt: at('21:14:05'),
    },
    asks: [],
    queuedRuns: [],
    queuedTotal: 0,
    todayUsd: 1.85,
    ...fields,
  }
}
