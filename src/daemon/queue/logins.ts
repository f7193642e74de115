import type { ProjectConfig } from '../../config/types.ts'
import type { Input, InputOf } from '../../core/inputs.ts'
import type { State } from '../../core/state.ts'
import type { Dispatcher } from './dispatcher.ts'

type LoginOf = Pick<ProjectConfig, 'name' | 'claude'>

/** Projects that start the same program in the same environment are logged in as the same person. */
const isSameLogin = (a: LoginOf, b: LoginOf): boolean => a.claude.command === b.claude.command

/** Whether another project is logged in as the same person. */
export const sharesLogin = (projects: readonly LoginOf[], project: LoginOf): boolean =>
  projects.filter((other) => isSameLogin(other, project)).length > 1

/** One queue of a login, as far as the others need to know it. */
interface LoginQueue {
  name: string
  state: () => Pick<State, 'queue' | 'asks'>
}

/** An input for a queue. */
interface LoginMove {
  name: string
  input: InputOf<'held-elsewhere' | 'trial'>
}

/**
 * The inputs that the queues of a login should get now. A usage limit that one of them met holds all. After it, and while one of them
 * asks about the login, only one may start Claude, until that has answered. `trying`: the one that was to, at the last look.
 */
function loginMoves(
  queues: readonly LoginQueue[],
  trying: string | undefined,
  now: number,
): { moves: LoginMove[]; trying?: string } {
  const all = queues.map(({ name, state }) => {
    const { queue, asks } = state()
    return { name, queue, asks: [...asks.values()].some((ask) => ask.state === 'open' && ask.about === 'credentials') }
  })
  const moves: LoginMove[] = []
  const tell = (name: string, to: 'try' | 'wait' | 'over') => moves.push({ name, input: { type: 'trial', to } })

  const [longest] = all
    .filter(({ queue }) => queue.hold?.why === 'limit' && queue.hold.until > now)
    .sort((a, b) => (b.queue.hold?.until ?? 0) - (a.queue.hold?.until ?? 0))
  const hold = longest?.queue.hold
  for (const { name, queue } of all)
    if (hold && longest && (queue.hold?.until ?? 0) < hold.until)
      moves.push({ name, input: { type: 'held-elsewhere', hold: { ...hold, from: hold.from ?? longest.name } } })

  if (all.some(({ asks }) => asks)) {
    for (const { name, queue, asks } of all) if (!asks && !queue.trial?.waits) tell(name, 'wait')
    return { moves }
  }
  const inTrial = all.filter(({ queue }) => queue.trial)
  const current = all.find(({ queue }) => queue.trial && !queue.trial.waits)
  // Claude answered it: the others may start, too.
  if (trying !== undefined && !inTrial.some(({ name }) => name === trying)) {
    for (const { name } of inTrial) tell(name, 'over')
    return { moves }
  }
  const able = inTrial.find(({ queue }) => queue.trial?.taskId !== undefined)
  if (current?.queue.trial?.taskId !== undefined || !able) return { moves, ...(current && { trying: current.name }) }
  if (current) tell(current.name, 'wait')
  tell(able.name, 'try')
  return { moves, trying: able.name }
}

/** Keeps the queues of each login in step; returns what ends that. */
export function joinLogins(
  projects: readonly LoginOf[],
  dispatchers: ReadonlyMap<string, Pick<Dispatcher, 'state' | 'record' | 'onCommit'>>,
  { now, onError }: { now: () => number; onError: (error: unknown) => void },
): () => void {
  const ends: (() => void)[] = []
  const groups = projects.filter(
    (project, index) => projects.findIndex((other) => isSameLogin(other, project)) === index,
  )
  for (const first of groups) {
    const names = projects.filter((project) => isSameLogin(project, first)).map(({ name }) => name)
    const queues = names.flatMap((name) => {
      const dispatcher = dispatchers.get(name)
      return dispatcher ? [{ name, ...dispatcher }] : []
    })
    if (queues.length < 2) continue
    let trying: string | undefined
    let isDue = false
    const look = () => {
      if (isDue) return
      isDue = true
      // Not within the commit that this is about.
      queueMicrotask(() => {
        isDue = false
        const found = loginMoves(queues, trying, now())
        trying = found.trying
        for (const { name, input } of found.moves) {
          const record = queues.find((queue) => queue.name === name)?.record as (input: Input) => Promise<unknown>
          record(input).catch(onError)
        }
      })
    }
    for (const { onCommit } of queues) ends.push(onCommit(look))
    look()
  }
  return () => {
    for (const end of ends) end()
  }
}
