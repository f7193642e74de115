import { statSync } from 'node:fs'
import { type ConfigProblem, renderProblems } from '../../config/problem.ts'
import { readConfig } from '../../config/read.ts'
import type { Secrets } from '../../config/secrets.ts'
import type { Config } from '../../config/types.ts'
import { batonError } from '../../errors.ts'
import { type Redact, redactor } from '../../redact/redact.ts'
import { diagnose, type Shell } from '../shell/shell.ts'

/** The configuration with what hides its secrets. */
export interface Loaded {
  config: Config
  secrets: Secrets
  secretValues: string[]
  redact: Redact
  notices: ConfigProblem[]
}

/** Reads the configuration of the home folder; warnings go to stderr. Throws BatonError `config-invalid` or `no-such-home`. */
export async function loadConfig(shell: Pick<Shell, 'home' | 'env' | 'stderr'>): Promise<Loaded> {
  if (!statSync(shell.home, { throwIfNoEntry: false })?.isDirectory())
    throw batonError('no-such-home', { folder: shell.home })
  const result = await readConfig({ home: shell.home, env: shell.env })
  if ('problems' in result) {
    const count = result.problems.filter(({ severity }) => severity === 'error').length
    throw batonError('config-invalid', { problems: renderProblems(result.problems), count })
  }
  const { config, secrets, secretValues, warnings, notices } = result
  if (warnings.length > 0) diagnose(shell, renderProblems(warnings))
  return { config, secrets, secretValues, redact: redactor(secretValues), notices }
}
