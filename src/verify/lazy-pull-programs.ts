import type { Config, ProjectConfig } from '../config/types.ts'
import type { PullPrograms } from './pull-programs.ts'

/** The programs that pull requests of a project need, loaded when one comes; `spent`: what asking Claude cost, USD. */
export function lazyPullPrograms(
  { home, stateDir, logsDir }: Pick<Config, 'home' | 'stateDir' | 'logsDir'>,
  project: ProjectConfig,
  env: Readonly<Record<string, string | undefined>>,
): (spent: (usd: number) => Promise<void>) => Promise<PullPrograms> {
  return async (spent) => {
    const { createPullPrograms } = await import('./pull-programs.ts')
    return createPullPrograms({ project, env, hidden: [home, stateDir, logsDir], spent })
  }
}
