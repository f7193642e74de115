import type { TellCard } from '../chat/cards/tell.ts'
import type { Config } from '../config/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { newId } from '../daemon/ids.ts'
import { createPlanner, type Planner, type PlannerPorts } from '../planner/planner.ts'
import { dayIn } from '../schedule/dated-name.ts'
import { parseFileText } from '../sources/files/file-text.ts'
import type { Watch } from '../watch/watch.ts'
import { planCard } from './cards.ts'
import type { WatchingOptions } from './watching.ts'

/** What planning is put together from. */
export interface PlanningOptions {
  config: Config
  env: Readonly<Record<string, string | undefined>>
  api: Pick<DaemonApi, 'submit'>
  meta: PlannerPorts['meta']
  tellCard: TellCard
  /** For everybody who sees no cards: the terminal, the dashboard, other systems. */
  note: WatchingOptions['note']
  /** Offers of task files, where there are any: what a plan wrote is not offered again. */
  watching: () => Watch | undefined
  onError: (error: unknown) => void
  redact: PlannerPorts['redact']
  /** In the place of a Claude that can read the project and nothing else. */
  ask?: PlannerPorts['ask']
}

/** Has Claude write task files from people's words, and shows them on the phone. */
export function createPlanning(options: PlanningOptions): Planner {
  const { config, env, api, meta, tellCard, note, watching, onError, redact } = options
  const projectOf = (name: string) => config.projects.find((project) => project.name === name) ?? config.projects[0]
  /** Titles of the texts that were checked last: a plan is announced right after its check. */
  const titles = new Map<string, string[]>()
  return createPlanner({
    home: config.home,
    projects: config.projects.map(({ name, tasks }) => ({ name, tasks })),
    api,
    meta,
    onError,
    redact,
    now: Date.now,
    newId,
    ask:
      options.ask ??
      (async (prompt, { project, signal }) =>
        (
          await (
            await import('../claude/ask-claude.ts')
          ).askClaude({ project: projectOf(project), env, prompt, signal })
        ).text),
    check: async (_project, name, text) => {
      const { specs, problems } = await parseFileText(text, name)
      titles.set(
        text,
        specs.map(({ title }) => title),
      )
      if (specs.length > 0 && specs.every(({ done }) => done)) return [...problems, 'The file has no open task']
      return problems
    },
    create: async (path, text) => (await import('../taskfile/write/exchange.ts')).createFile(path, Buffer.from(text)),
    dayOf: (ms) => dayIn(ms, config.timezone),
    onPlan: (plan) => {
      const { card, document } = planCard(plan, titles.get(plan.text ?? '') ?? [])
      titles.clear()
      if (!tellCard(card, document)) return
      const { project, id, version, state } = plan
      const ways = plan.text === undefined ? 'Change or discard it in the chat.' : 'Decide in the chat.'
      const text = `${card.title}:\n${card.body}\n${ways}`
      note(text, {
        queue: project,
        data: { about: 'plan', plan: id, version, ...(state === 'failed' && { level: 'warning' }) },
      })
    },
    onWritten: async (project, file) => watching()?.settle(project, file),
  })
}
