import type { RunElsewhere } from '../core/elsewhere.ts'
import type { KeptValues } from '../core/kept-values.ts'
import type { Messenger, SharedBots } from './messenger.ts'
import { type EndedElsewhere, hasReceipt, RECEIPTS, receiptCard } from './receipt-card.ts'

/** What was said of a run of another machine. */
interface Told {
  machine: string
  /** How many of its tasks had ended. */
  ended: number
  /** Their numbers. */
  tasks: number[]
}

const TOLD = 'receipts-elsewhere'
/** What ended before this machine looked at the run for the first time was said by the one that listened until then. */
const LATELY_MS = 60_000
/** Of a run; more do not end between two looks. */
const MOST_TASKS = 200

/** A run that may have to be told of. */
export interface RunToTell {
  run: RunElsewhere
  surfaces: readonly string[]
}

/** What they are sent with. */
interface ReceiptPorts {
  machines: Pick<SharedBots, 'ask'>
  messengers: readonly Pick<Messenger, 'name' | 'chat'>[]
  kept: KeptValues
  redact: <T>(value: T) => T
  now: () => number
}

/** Sends the receipts of tasks of machines without a bot of their own: each once, where their asks are shown. */
export function createReceiptsElsewhere({ machines, messengers, kept, redact, now }: ReceiptPorts): {
  /** `isThere`: whether a machine shows what it does. False: one of them did not answer. */
  tell: (runs: readonly RunToTell[], isThere: (machine: string) => boolean) => Promise<boolean>
} {
  const told = () => kept.get<Record<string, Told>>(TOLD) ?? {}
  const put = (id: string, run: Told | undefined) => {
    const { [id]: _, ...others } = told()
    kept.set(TOLD, run ? { ...others, [id]: run } : others)
  }
  const ask = async <T>(machine: string, path: string) => (await machines.ask(machine, path)) as T | undefined

  const tellOf = async ({ run, surfaces }: RunToTell): Promise<boolean> => {
    const { session_id: id, machine, completed_at } = run
    const known = told()[id]
    const isOver = completed_at !== null
    if (!known && isOver) return true
    const ended = RECEIPTS.reduce((sum, status) => sum + (run.counts?.[status] ?? 0), 0)
    const path = `/api/sessions/${encodeURIComponent(id)}/tasks`
    const before = known?.tasks ?? []
    if (ended !== (known?.ended ?? 0)) {
      const page = await ask<{ tasks: EndedElsewhere[] }>(machine, `${path}?order=ended&limit=${MOST_TASKS}`)
      if (!page) return false
      const over = page.tasks.filter(hasReceipt)
      const isLate = ({ completed_at: at }: EndedElsewhere) => !known && now() - Date.parse(at ?? '') > LATELY_MS
      const fresh = over.filter((task) => !before.includes(task.id) && !isLate(task))
      const whole: EndedElsewhere[] = []
      for (const task of fresh.toReversed()) whole.push((await ask(machine, `${path}/${task.id}`)) ?? task)
      kept.transaction(() => {
        put(id, isOver ? undefined : { machine, ended, tasks: over.map((task) => task.id) })
        for (const task of whole)
          for (const { name, chat } of messengers)
            if (surfaces.includes(name)) chat.showCard(redact({ ...receiptCard(run, task), outcomes: [], claims: {} }))
      })
    } else if (isOver) put(id, undefined)
    else if (!known) put(id, { machine, ended, tasks: [] })
    return true
  }

  return {
    async tell(runs, isThere) {
      const here = new Set(runs.map(({ run }) => run.session_id))
      // Another machine listens, and tells of them.
      for (const [id, { machine }] of Object.entries(told())) if (!here.has(id) && isThere(machine)) put(id, undefined)
      let isAll = true
      for (const one of runs) if (!(await tellOf(one))) isAll = false
      return isAll
    },
  }
}
