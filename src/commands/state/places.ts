import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { openCrossProcessApi } from '../../daemon/api/cross-process-api.ts'
import type { CrossProcessApi } from '../../daemon/runner-types.ts'
import { hasPipelineFiles } from '../../files/pipeline-files.ts'
import { readPlainSync } from '../../files/plain.ts'
import { type Redact, redactor } from '../../redact/redact.ts'
import type { Shell } from '../shell/shell.ts'

/** Where the state is, for commands that only look. */
export interface Places {
  stateDir: string
  /** Of the project that was named, else of all. */
  queues: string[]
  redact: Redact
}

/**
 * Finds the state without reading the whole configuration where that says nothing about it: the checker of the
 * configuration takes longer to load than everything else that a look takes. Throws BatonError `config-invalid` and
 * `no-such-project`.
 */
export async function findPlaces(shell: Pick<Shell, 'home' | 'env' | 'stderr' | 'project'>): Promise<Places> {
  const config = readIfThere(join(shell.home, 'config.yaml'))
  if (existsSync(shell.home) && !MENTIONS_PLACES.test(config) && !hasPipelines(shell) && shell.project === undefined) {
    return { stateDir: join(shell.home, '.baton'), queues: ['main'], redact: redactor(secretsIn(shell)) }
  }
  const { loadConfig } = await import('./load-config.ts')
  const loaded = await loadConfig(shell)
  const { projectOf } = await import('./project.ts')
  const projects = shell.project === undefined ? loaded.config.projects : [projectOf(shell, loaded.config)]
  const queues = projects.map(({ name }) => name)
  return { stateDir: loaded.config.stateDir, queues, redact: loaded.redact }
}

/** Pipelines have a queue of their own. */
const hasPipelines = ({ home }: Pick<Shell, 'home'>): boolean => hasPipelineFiles(join(home, 'pipelines'))

/** Opens the state to look at it, not to act; undefined when there is none yet. Throws StoreError. */
export function lookAt({ stateDir, queues }: Places, { now }: Pick<Shell, 'now'>): CrossProcessApi | undefined {
  const newId = (): string => {
    throw new Error('This command only reads.')
  }
  return openCrossProcessApi({ stateDir, queues, now, newId })
}

/** A line that is not a comment and has one of the keys that move the state, name its queues, or hold addresses to be hidden. */
const MENTIONS_PLACES = /^[^#\n]*\b(state|projects|environments|notify)\b/m

const SECRET_NAME = /TOKEN|SECRET|PASSW|KEY|URL|HOOK/i
/** Of the environment: Baton's own, and what Claude logs in with. */
const SECRET_VARIABLE =
  /^(TELEGRAM_BOT_TOKEN|DISCORD_TOKEN|WEBHOOK_SECRET|API_TOKEN|N8N_NOTIFY_URL|GITHUB_(WEBHOOK_SECRET|TOKEN)|(ANTHROPIC|CLAUDE_CODE|AWS)_.*(KEY|TOKEN.*))$/

/** Whatever looks secret in .env and in the variables that may stand there. */
function secretsIn({ home, env }: Pick<Shell, 'home' | 'env'>): string[] {
  const inFile = Object.entries(parseEnv(readIfThere(join(home, '.env')))).filter(([name]) => SECRET_NAME.test(name))
  const around = Object.entries(env).filter(([name]) => SECRET_VARIABLE.test(name))
  return [...inFile, ...around]
    .map(([, value]) => value)
    .filter((value) => value !== undefined && value !== '') as string[]
}

function readIfThere(file: string): string {
  try {
    return readPlainSync(file).toString('utf8')
  } catch {
    return ''
  }
}
