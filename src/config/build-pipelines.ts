import { join } from 'node:path'
import { parseDuration } from '../text/durations.ts'
import type { Values } from './keys.ts'
import type { environmentKeys, pipelineKeys } from './keys-environment.ts'
import type { DeploymentCheck, EnvironmentConfig, PipelineConfig } from './types.ts'

type EnvironmentValues = Values<typeof environmentKeys>

/** The pipelines of a project in the program's own words. */
export function pipelineConfig(
  project: string,
  environments: Record<string, EnvironmentValues>,
  { remote, poll, lanes, fix }: Values<typeof pipelineKeys>,
  { home, lookUp }: { home: string; lookUp: (written: string) => string },
): PipelineConfig {
  const isMain = project === 'main'
  return {
    queue: isMain ? 'pipelines' : `${project}-pipelines`,
    project,
    folder: isMain ? join(home, 'pipelines') : join(home, 'pipelines', project),
    ...{ remote, pollMs: poll, lanes, fix },
    environments: Object.fromEntries(
      Object.entries(environments).map(([name, values]) => [name, environmentConfig(name, values, lookUp)]),
    ),
  }
}

function environmentConfig(
  name: string,
  values: EnvironmentValues,
  lookUp: (written: string) => string,
): EnvironmentConfig {
  const { before, check, rollback, url } = values
  return {
    name,
    ...{ branches: values.branches, approve: values.approve, approvals: values.approvals, deploy: values.deploy },
    notRequester: values.not_requester,
    onRed: values.on_red,
    migrations: values.migrations,
    secrets: Object.fromEntries(values.env.map((variable) => [variable, lookUp(`$${variable}`)])),
    freeze: values.freeze.flatMap((written) => readFreeze(written) ?? []),
    timeoutMs: values.timeout,
    ...(before !== undefined && { before }),
    ...(check !== undefined && { check: checkOf(check) }),
    ...(rollback !== undefined && { rollback }),
    ...(url !== undefined && { url }),
  }
}

function checkOf(check: NonNullable<EnvironmentValues['check']>): DeploymentCheck {
  if (Array.isArray(check)) return { commands: check }
  const { url, status, contains, for: forMs, every, within } = check
  return { url, status, forMs, everyMs: every, withinMs: within, ...(contains !== undefined && { contains }) }
}

/** `0 18 * * 5 / 62h`: when it begins, and how long it lasts; undefined for anything else. */
export function readFreeze(written: string): { cron: string; forMs: number } | undefined {
  const [, cron = '', length = ''] = /^(.*\S)\s+\/\s*(\S+)$/.exec(written.trim()) ?? []
  const forMs = parseDuration(length)
  return cron === '' || forMs === undefined || forMs <= 0 ? undefined : { cron, forMs }
}
