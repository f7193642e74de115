import type { ResolvedCommand } from '../../src/core/commands/commands.ts'
import { type Decided, decide } from '../../src/core/decide.ts'
import type { Input } from '../../src/core/inputs.ts'
import { next, type Step } from '../../src/core/next.ts'
import { applyChanges, emptyState, forgetEndedRuns, type State } from '../../src/core/state.ts'
import type { Actor, Ask, NewEvent, Outcome, PlannedTask, Policy, Task, TaskSpec } from '../../src/core/types.ts'

export const ANNA: Actor = { surface: 'telegram', id: '4711', name: 'Anna' }

export const POLICY: Policy = {
  approval: { mode: 'marked', auto: [], review: 'never', checkpointAfter: [] },
  onFailure: 'ask',
  retries: 0,
  budget: {},
  hasChecks: () => false,
  attended: true,
  guard: 'ask',
  finish: true,
}

/** Where a task of the sample file is written. */
export const originOf = (ref: string, line = 1): TaskSpec['origin'] => ({
  ...{ source: 'files', ref, file: 'tasks/today.md', line, form: 'section' },
})

/** A task as a file would give it. */
export function planned(number: number, spec: Partial<TaskSpec> = {}, dependsOn: number[] = []): PlannedTask {
  return {
    number,
    position: number - 1,
    dependsOn,
    spec: {
      origin: originOf(`Task ${number}`, number * 10),
      headingNumber: number,
      title: `Title ${number}`,
      priority: 'medium',
      criteria: [],
      verify: [],
      instruction: `Do ${number}.`,
      context: '',
      done: false,
      ...spec,
    },
  }
}

/** A queue in memory with a clock of its own: applies inputs as the dispatcher does, without a disk. */
export interface House {
  state: State
  policy: Policy
  events: NewEvent[]
  now: number
  give: (input: Input) => Decided
  act: (command: ResolvedCommand, by?: Actor) => Decided
  next: () => Step
  start: (tasks: PlannedTask[], autoApprove?: boolean) => Decided
  task: (number: number) => Task
  openAsks: () => Ask[]
  /** Takes up the task that has its turn and lets Claude speak. */
  begin: () => string
  end: (outcome: Partial<Outcome> & Pick<Outcome, 'kind'>) => Decided
  ask: (request?: {
    kind?: 'permission' | 'question'
    useId?: string
    input?: unknown
    rule?: string
    matchingRules?: string[]
    description?: string
    remark?: string
  }) => Decided
  live: () => string | undefined
}

/** Makes an empty queue. */
export function createHouse(policy: Partial<Policy> = {}): House {
  let ids = 0
  const house: House = {
    state: emptyState('main'),
    policy: { ...POLICY, ...policy },
    events: [],
    now: Date.UTC(2026, 10, 21, 20),
    give(input) {
      const decided = decide(house.state, input, {
        now: house.now,
        id: () => `id${++ids}`,
        hash: (value) => JSON.stringify(value),
        day: new Date(house.now).toISOString().slice(0, 10),
        policy: house.policy,
      })
      applyChanges(house.state, decided.changes)
      if (decided.events.some((event) => event.type === 'run.ended')) forgetEndedRuns(house.state)
      house.events.push(...decided.events)
      return decided
    },
    act: (command, by = ANNA) => house.give({ type: 'command', command, by }),
    next: () => next(house.state, house.now),
    start: (tasks, autoApprove = false) => house.act({ type: 'start', tasks, files: ['tasks/today.md'], autoApprove }),
    task(number) {
      const found = [...house.state.tasks.values()].filter((task) => task.number === number).at(-1)
      if (!found) throw new Error(`no task ${number}`)
      return found
    },
    openAsks: () => [...house.state.asks.values()].filter((ask) => ask.state === 'open'),
    begin() {
      const step = house.next()
      if (step.do !== 'work') throw new Error(`nothing to work on: ${JSON.stringify(step)}`)
      const fresh = !step.task.attemptId || step.task.continuation?.reason === 'fresh'
      const id = fresh ? `attempt${++ids}` : (step.task.attemptId as string)
      const attempt = { id, sessionId: `session-${id}`, cwd: '/project', logFile: '/log', rawFile: '/raw' }
      house.give({ type: 'claimed', taskId: step.task.id, attempt })
      house.give({ type: 'spawned', attemptId: id, pid: 4711, pidStartedAt: '1' })
      house.give({ type: 'heard', attemptId: id })
      return id
    },
    end: (outcome) =>
      house.give({ type: 'ended', attemptId: house.live() ?? 'none', outcome: { text: outcome.kind, ...outcome } }),
    ask: ({ kind = 'permission', useId = `use${++ids}`, input = { command: 'npm test' }, rule, ...more } = {}) =>
      house.give({
        type: 'asked',
        attemptId: house.live() ?? 'none',
        request: {
          kind,
          tool: kind === 'question' ? 'AskUserQuestion' : 'Bash',
          input,
          useId,
          requestId: `request${ids}`,
          title: kind === 'question' ? 'Which colour?' : 'Run npm test',
          text: 'npm test',
          ...(kind === 'question' && {
            questions: [
              { question: 'Which colour?', options: [{ label: 'Red' }, { label: 'Blue' }], multiSelect: false },
            ],
          }),
          ...(rule !== undefined && { rule }),
          ...more,
        },
      }),
    live: () => [...house.state.attempts.values()].find((attempt) => attempt.live)?.id,
  }
  return house
}
