import { resolve } from 'node:path'
import type { TellCard } from '../chat/cards/tell.ts'
import type { Config } from '../config/types.ts'
import type { Review } from '../schedule/schedule.ts'
import { isChangedByAgent } from '../sources/files/doubts.ts'
import { readFileText } from '../sources/files/file-text.ts'
import { findTaskFiles, shownPath } from '../sources/files/find-files.ts'
import { foundCard } from './cards.ts'

/** What holding files back from the schedule needs. */
export interface HoldChangedPorts {
  config: Pick<Config, 'home' | 'stateDir' | 'projects'>
  /** Notes what running tasks did to task files so far. */
  look: () => void
  /** The phone, where there is one. */
  tellCard: () => TellCard | undefined
}

/** Keeps the schedule from starting what an agent wrote: it is offered instead, as a new task file is. */
export function holdChanged({ config, look, tellCard }: HoldChangedPorts): Review {
  const { home, stateDir, projects } = config
  return async (project, names, id) => {
    look()
    const patterns = names ?? projects.find(({ name }) => name === project)?.tasks ?? []
    const files = findTaskFiles(home, patterns).map((path) => shownPath(home, path))
    const held = files.filter((file) => isChangedByAgent(stateDir, resolve(home, file)))
    if (held.length === 0) return undefined
    const found = await Promise.all(
      held.map(async (file) => {
        const titles = (await readFileText(config, file)).specs.filter(({ done }) => !done).map(({ title }) => title)
        return { project, file, titles, newTasks: titles.length, total: titles.length }
      }),
    )
    return {
      held,
      rest: files.filter((file) => !held.includes(file)),
      offer: () => {
        for (const one of found) tellCard()?.(foundCard(`held.${id}.${one.file}`, one))
      },
    }
  }
}
