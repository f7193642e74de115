import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import { RUN_FOLDER } from '../daemon/ids.ts'
import { tighten } from '../files/private.ts'
import { isWithin, realPath } from '../files/real-path.ts'

/** What an agent works in has the rights that git and the project give it. */
const WORKTREES = 'worktrees'
const MOST_ENTRIES = 50_000

/**
 * Takes away other users' rights to what already exists in the folders of the state and the logs: an older version, a
 * copy or a restored backup may have left them. A folder that holds the project or the home is not Baton's alone; in it
 * nothing is touched.
 */
export function tightenOld({
  home,
  stateDir,
  logsDir,
  projects,
}: Pick<Config, 'home' | 'stateDir' | 'logsDir' | 'projects'>): void {
  const shared = [home, ...projects.map(({ path }) => path)].map(realPath)
  const isOwn = (folder: string) => !shared.some((one) => isWithin(one, realPath(folder)))
  const budget = { left: MOST_ENTRIES }
  if (isOwn(stateDir)) tightenTree(stateDir, ({ name }) => name !== WORKTREES, budget)
  // Others may log into the same folder; the runs' folders have names that only Baton gives.
  if (isOwn(logsDir)) tightenTree(logsDir, ({ name }) => RUN_FOLDER.test(name), budget)
}

function tightenTree(folder: string, isMeant: (entry: Dirent) => boolean, budget: { left: number }): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return
  tighten(folder, stats)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!isMeant(entry) || budget.left-- <= 0) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) tightenTree(path, () => true, budget)
    else if (entry.isFile()) {
      const file = lstatSync(path, { throwIfNoEntry: false })
      if (file) tighten(path, file)
    }
  }
}
