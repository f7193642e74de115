import type { Ask, Question } from '../../src/core/types.ts'
import type { LiveScreen, LiveTask } from '../../src/terminal/show/live-view.ts'

/** Half past eight in the evening, whatever the zone of the machine. */
export const NOW = new Date(2026, 10, 21, 20, 30, 0).getTime()

/** An open ask with the options that the core gives to its kind. */
export function anAsk(fields: Partial<Ask> & Pick<Ask, 'kind'>): Ask {
  const options: Record<Ask['kind'], Ask['options']> = {
    approval: [
      { choice: 'approve', label: 'Approve' },
      { choice: 'reject', label: 'Reject' },
      { choice: 'skip', label: 'Skip' },
      { choice: 'stop', label: 'Stop' },
    ],
    permission: [
      { choice: 'allow', label: 'Allow' },
      { choice: 'allow-task', label: 'Allow for this task' },
      { choice: 'deny', label: 'Deny' },
    ],
    question: [{ choice: 'answer', label: 'Other…' }],
    review: [
      { choice: 'accept', label: 'Accept' },
      { choice: 'send-back', label: 'Send back' },
      { choice: 'undo', label: 'Undo' },
    ],
    failure: [
      { choice: 'retry', label: 'Retry' },
      { choice: 'skip', label: 'Skip' },
      { choice: 'stop', label: 'Stop' },
    ],
  }
  return {
    id: 'ask1',
    queue: 'main',
    runId: 'run1',
    taskId: 'task3',
    task: 3,
    title: 'Start task 3: Add a login endpoint?',
    text: 'Instruction:\nAdd it.',
    options: options[fields.kind],
    hash: 'hash1',
    state: 'open',
    openedAt: NOW,
    ...fields,
  }
}

/** A question with three colours. */
export const colours = (fields: Partial<Question> = {}): Question => ({
  question: 'Which colour?',
  options: [{ label: 'Red' }, { label: 'Blue', description: 'Like the sea' }, { label: 'Dark green' }],
  multiSelect: false,
  ...fields,
})

/** `count` tasks, of which `done` are done and the next one runs. */
export function someTasks(count: number, done: number): LiveTask[] {
  return Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    title: `Task number ${i + 1}`,
    status: i < done ? ('done' as const) : i === done ? ('running' as const) : ('queued' as const),
    costUsd: i < done ? 0.12 : 0,
    ...(i <= done && { startedAt: NOW - 200_000 }),
    ...(i < done && { endedAt: NOW - 120_000 }),
  }))
}

/** The screen of a run that is at its third task of five. */
export function aScreen(fields: Partial<LiveScreen> = {}): LiveScreen {
  return {
    files: 'tasks/today.md',
    tasks: someTasks(5, 2),
    focus: 2,
    startedAt: NOW - 252_000,
    costUsd: 0.42,
    doing: { activity: 'editing src/login.ts', turns: 8, lastOutputAt: NOW - 2_000 },
    hints: 'pause · skip · say … · log · stop · help · Ctrl-C to stop',
    input: { text: '', cursor: 0 },
    ...fields,
  }
}
