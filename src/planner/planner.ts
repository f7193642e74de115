import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Reply } from '../core/inputs.ts'
import type { KeptValues } from '../core/kept-values.ts'
import { notPossible } from '../core/reply.ts'
import type { Actor } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { beginPlan } from './begin.ts'
import { dayOf, freeName } from './file-name.ts'
import { NOTES_FOLDER, noteOf, readNote } from './notes.ts'
import { createOpenPlans } from './open-plans.ts'
import type { OpenPlan } from './plan.ts'
import { writePlan } from './write.ts'

export interface PlannerPorts {
  /** Absolute; names of files are seen from here. */
  home: string
  /** The first is meant when none is named. */
  projects: readonly { name: string; tasks: readonly string[] }[]
  api: Pick<DaemonApi, 'submit'>
  /** Asks a Claude that can read the project and nothing else. Throws with words for people. */
  ask: (prompt: string, options: { project: string; signal: AbortSignal }) => Promise<string>
  /** What is wrong with a task file, as lines for people; a file without an open task is wrong, too. */
  check: (project: string, name: string, text: string) => Promise<readonly string[]>
  /** Makes a file (absolute) that is whole from its first moment on; false when there is one of that name. */
  create: (path: string, text: string) => Promise<boolean>
  meta: KeptValues
  /**
   * A plan is ready, or failed. Called inside the transaction that stores it, so it must not wait; may come again for
   * the same version after a kill.
   */
  onPlan: (plan: OpenPlan) => void
  /** A task file was written and is about to be started. */
  onWritten?: (project: string, name: string) => Promise<void>
  onError: (error: unknown) => void
  now: () => number
  /** The calendar day of a time, `YYYY-MM-DD`. */
  dayOf: (ms: number) => string
  newId: () => string
  /** A name of a file is shown where nothing is searched for secrets. */
  redact: (text: string) => string
}

/** Plans as people use them; answers are for them to read. */
export interface Planner {
  /** Takes up what was being written when the last life ended. */
  start: () => void
  stop: () => Promise<void>
  /**
   * Has a plan written from words, from a note, or (without either) from today's note. The same `key` a second time is the
   * same plan as long as it is open.
   */
  plan: (request: { words?: string; note?: string; project?: string; key?: string }, by: Actor) => Promise<Reply>
  /** Has another version written; `version` is the one that was shown. */
  change: (id: string, version: number, words: string) => Reply
  /** Writes the file and starts it; `version` is the one that was shown. */
  begin: (id: string, version: number, by: Actor) => Promise<Reply>
  drop: (id: string) => Reply
  get: (id: string) => OpenPlan | undefined
  open: () => OpenPlan[]
}

const LONGEST_WORDS = 50_000
const GONE: Reply = { ok: false, code: 'closed', text: 'This plan is no longer open: it was started or discarded.' }
const NEWER: Reply = { ok: false, code: 'changed', text: 'There is a newer version of this plan.' }
const BUSY: Reply = notPossible('This plan is being written; it will arrive in a moment.')

/** Has Claude write task files, one after the other; what is open survives restarts. */
export function createPlanner(ports: PlannerPorts): Planner {
  const { home, projects, api, meta, onError, now } = ports
  const plans = createOpenPlans(meta)
  const stopping = new AbortController()
  let working: Promise<void> = Promise.resolve()
  /** Plans whose Start is under way: a second tap waits for the first. */
  const beginning = new Map<string, Promise<Reply>>()

  /** A name that no file has, nor another plan that is shown to people. */
  const nameFor = (project: string, text: string, id: string): string => {
    const patterns = projects.find(({ name }) => name === project)?.tasks ?? []
    const others = new Set(plans.all().flatMap((plan) => (plan.id === id ? [] : [plan.name])))
    const isTaken = (name: string) => others.has(name) || existsSync(resolve(home, name))
    return freeName(patterns, dayOf(text, ports.dayOf(now())), { text: ports.redact(text), isTaken })
  }

  const write = async (id: string) => {
    const plan = plans.get(id)
    if (plan?.state !== 'writing' || stopping.signal.aborted) return
    const { project, words, note, text, changes, pending } = plan
    const before = text !== undefined && pending.length > 0 ? { text, changes, pending } : undefined
    try {
      const written = await writePlan(
        { today: ports.dayOf(now()), words, ...(note && { note }), ...(before && { before }) },
        {
          ask: (prompt) => ports.ask(prompt, { project, signal: stopping.signal }),
          check: (text) => ports.check(project, nameFor(project, text, id), text),
        },
      )
      finish(id, {
        state: 'ready',
        ...written,
        name: nameFor(project, written.text, id),
        changes: [...changes, ...pending],
        pending: [],
      })
    } catch (error) {
      if (!stopping.signal.aborted) finish(id, { state: 'failed', error: wordsOf(error) })
    }
  }

  const finish = (id: string, result: Partial<OpenPlan>) => {
    const plan = plans.get(id)
    // Dropped while it was written.
    if (!plan) return
    const { error: _, ...rest } = plan
    const done = { ...rest, ...result }
    plans.put(done, () => ports.onPlan(done))
  }

  const enqueue = (id: string) => {
    working = working.then(() => write(id)).catch(onError)
  }

  const begin = (plan: OpenPlan & { text: string }, by: Actor): Promise<Reply> => {
    const { onWritten = async () => undefined } = ports
    const starting = beginPlan(plan, by, { home, plans, api, create: ports.create, onWritten, nameFor })
      .catch((error: unknown): Reply => {
        // Nothing was started; the plan can be tried again.
        const { startedBy: _, ...rest } = plans.get(plan.id) ?? plan
        plans.put({ ...rest, state: 'ready' })
        return notPossible(`The plan could not be started: ${wordsOf(error)}`)
      })
      .finally(() => beginning.delete(plan.id))
    beginning.set(plan.id, starting)
    return starting
  }

  return {
    start() {
      for (const plan of plans.all()) {
        const { id, state, text, startedBy } = plan
        if (state === 'writing') enqueue(id)
        if (state === 'starting' && text !== undefined && startedBy) begin({ ...plan, text }, startedBy).catch(onError)
      }
    },
    async stop() {
      stopping.abort()
      await Promise.all([working, ...beginning.values()])
    },
    async plan({ words = '', note, project = projects[0]?.name ?? 'main', key }, by) {
      const said = words.trim()
      if (!projects.some(({ name }) => name === project)) return notPossible(`There is no project ${project}.`)
      if (said.length > LONGEST_WORDS)
        return notPossible(`That is too long to plan from (${said.length} characters, at most ${LONGEST_WORDS}).`)
      const today = ports.dayOf(now())
      const file =
        note ?? (said === '' ? await noteOf(home, today, projects.length > 1 ? project : undefined) : undefined)
      if (said === '' && file === undefined)
        return notPossible(`Say what should be done: /plan <words>. Or write a note: ${NOTES_FOLDER}/${today}.md.`)
      const read = file === undefined ? undefined : await readNote(home, file).catch(wordsOnly)
      if (read instanceof Error) return notPossible(read.message)
      const known = plans.all().find((plan) => key !== undefined && plan.key === key)
      const id = known?.id ?? ports.newId()
      const from = file === undefined ? '' : ` from ${file}`
      const text = `Claude is writing a plan${from}; it will arrive as a document.`
      const reply: Reply = { ok: true, text, data: { plan: id } }
      if (known) return reply
      const plan: OpenPlan = {
        id,
        project,
        words: said,
        ...(file !== undefined && read !== undefined && { note: { file, text: read } }),
        ...(key !== undefined && { key }),
        by,
        at: now(),
        state: 'writing',
        version: 1,
        changes: [],
        pending: [],
        problems: [],
      }
      plans.put(plan)
      enqueue(id)
      return reply
    },
    change(id, version, words) {
      const plan = plans.get(id)
      const said = words.trim()
      if (!plan) return GONE
      if (plan.version !== version) return NEWER
      if (plan.state === 'writing' || beginning.has(id)) return BUSY
      if (said === '' || said.length > LONGEST_WORDS) return notPossible('Say in a few words what should be different.')
      const { error: _, ...rest } = plan
      // Without a text there is nothing to change: a new one is asked for, with these words too.
      const more =
        plan.text === undefined ? { words: `${plan.words}\n\n${said}`.trim() } : { pending: [...plan.pending, said] }
      plans.put({ ...rest, ...more, state: 'writing', version: plan.version + 1 })
      enqueue(id)
      return { ok: true, text: 'Claude is rewriting the plan.', data: { plan: id } }
    },
    begin(id, version, by) {
      const plan = plans.get(id)
      const running = beginning.get(id)
      if (running) return running
      const refused = whyNot(plan, version)
      if (refused || plan?.text === undefined) return Promise.resolve(refused ?? GONE)
      return begin({ ...plan, text: plan.text }, by)
    },
    drop(id) {
      if (!plans.get(id)) return GONE
      if (beginning.has(id)) return { ok: false, code: 'closed', text: 'This plan is being started.' }
      plans.remove(id)
      return { ok: true, text: 'Discarded.' }
    },
    get: plans.get,
    open: plans.all,
  }
}

function whyNot(plan: OpenPlan | undefined, version: number): Reply | undefined {
  if (!plan) return GONE
  if (plan.version !== version) return NEWER
  if (plan.state === 'writing') return BUSY
  if (plan.state === 'failed' || plan.text === undefined) return notPossible('There is no plan to start.')
  const { problems } = plan
  return problems.length > 0 ? notPossible(`This plan cannot run as it is:\n${problems.join('\n')}`) : undefined
}

const wordsOnly = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
const wordsOf = (error: unknown): string => wordsOnly(error).message
