import { notPossible } from '../../core/reply.ts'
import type { Task } from '../../core/types.ts'
import type { Reader } from '../../store/read.ts'
import { type StartPorts, windowStart } from '../attempt/claude-start.ts'
import type { OwnWatch } from '../attempt/watch-own-files.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'
import type { CommandAnswers } from './resolve-command.ts'

interface SessionPorts extends Pick<StartPorts, 'project' | 'places'> {
  read: Pick<Reader, 'attempt'>
  rules: (task: Task) => OwnWatch['rules']
  dispatcher: () => Pick<Dispatcher, 'state'>
}

/** What opens a session at a terminal. */
export interface SessionStart {
  attemptId: string
  /** Program and arguments. */
  command: string[]
  cwd: string
  /** Names of further variables that it gets. */
  env: string[]
}

/** Answers how the session of a task is opened, to whoever has taken it over, and once its process is gone. */
export function sessionAnswer(ports: SessionPorts): CommandAnswers['session'] {
  return async ({ task: number }) => {
    const { tasks, attempts } = ports.dispatcher().state()
    const task = [...tasks.values()].findLast((one) => one.phase === 'taken_over' && one.number === number)
    if (!task || task.attemptId === undefined || task.takenOver?.release)
      return notPossible(`Task ${number} is not taken over.`)
    const attempt = ports.read.attempt(task.attemptId)
    const isLive = [...attempts.values()].some(({ live, taskId }) => live && taskId === task.id)
    if (!attempt || isLive) return notPossible(`Claude is still ending task ${number}.`, { isLive })
    const data: SessionStart = {
      attemptId: attempt.id,
      command: windowStart(ports, task, attempt.sessionId, ports.rules(task)),
      cwd: attempt.cwd,
      env: ports.project.claude.env,
    }
    return { ok: true, text: `The session of task ${number} is free.`, data: { ...data } }
  }
}
