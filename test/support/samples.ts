import type { Ask, Choice, Proof, Question, Task, TaskSpec } from '../../src/core/types.ts'

/** A task, its asks and its proof, made up once for every surface. Saturday 21 November 2026. */
export const zone = 'Europe/Berlin'
export const at = (clock: string, day = 21) => {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number)
  // Berlin is one hour ahead of UTC in November.
  return Date.UTC(2026, 10, day, hours - 1, minutes, seconds)
}

export const anna = { surface: 'telegram' as const, id: '4711', name: 'Anna' }

const LABELS: Partial<Record<Choice, string>> = { 'allow-task': 'Allow for this task' }

/** What can be chosen, with the labels as people see them. */
export const options = (...choices: Choice[]): Ask['options'] =>
  choices.map((choice) => ({
    choice,
    label: LABELS[choice] ?? `${choice[0]?.toUpperCase()}${choice.slice(1).replace('-', ' ')}`,
  }))

export function sampleSpec(fields: Partial<TaskSpec> = {}): TaskSpec {
  return {
    origin: { source: 'files', ref: 'Task 3', file: 'tasks/today.md', line: 14, form: 'section' },
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
    title: 'Start task 3: Add a login endpoint?',
    text: 'Type: backend · Priority: high · File: tasks/today.md:14\n\nInstruction:\nWrite the route.',
    options: options('approve', 'reject', 'skip', 'stop'),
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
    text: 'npm run migrate -- --to 0007-sessions',
    description: 'Creates the sessions table',
    tool: {
      name: 'Bash',
      input: { command: 'npm run migrate -- --to 0007-sessions', description: 'Creates the sessions table' },
    },
    rule: 'Bash(npm run migrate:*)',
    options: options('allow', 'allow-task', 'deny'),
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
