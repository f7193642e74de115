import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { NotPlain, readPlainSync } from '../files/plain.ts'
import { isFolder } from '../files/real-path.ts'
import { programFolder } from '../program-folder.ts'
import { REDACTED, redactor } from '../redact/redact.ts'
import { shortened } from '../text/cut.ts'
import { type AllValues, buildConfig } from './build.ts'
import { crossChecks } from './cross-checks.ts'
import { databaseUrlOf } from './database-url.ts'
import { problemsOf } from './issues.ts'
import { checkerOf } from './keys.ts'
import { allKeys } from './keys-all.ts'
import { referenceIn } from './kinds.ts'
import { type ConfigProblem, inOrder } from './problem.ts'
import { secretsOfDatabase, secretValues } from './secret-values.ts'
import { readEnvironment, type Secrets } from './secrets.ts'
import type { Config } from './types.ts'
import { isEmptyYaml, readYaml, type YamlFile } from './yaml-file.ts'

export type ConfigResult =
  | {
      config: Config
      secrets: Secrets
      /** Every value that must never be shown: what a redactor is made of. */
      secretValues: string[]
      warnings: ConfigProblem[]
      /** What is worth a line where somebody sets Baton up or starts it, and nowhere else. */
      notices: ConfigProblem[]
    }
  /** Errors, and the warnings among them, in the order of the files. */
  | { problems: ConfigProblem[] }

/**
 * Reads config.yaml and `.env` of `home`, both optional, with `env` above `.env`. Never throws for what a user wrote;
 * all problems come back at once, and no secret is in them.
 *
 * Without a config.yaml the defaults hold, so that a folder with nothing but a task file works.
 */
export async function readConfig({
  home,
  env,
  program = programFolder(),
}: {
  home: string
  env: NodeJS.ProcessEnv
  /** The folder that holds the program. */
  program?: string
}): Promise<ConfigResult> {
  const folder = resolve(home)
  if (!isFolder(folder)) {
    return {
      problems: [
        {
          severity: 'error',
          file: folder,
          message: 'there is no such folder',
          hint: 'Name the folder that holds config.yaml with --home.',
        },
      ],
    }
  }
  const problems: ConfigProblem[] = []
  const configText = readText(join(folder, 'config.yaml'), 'config.yaml', problems)
  const envText = readText(join(folder, '.env'), '.env', problems)
  if (configText === undefined && isFile(join(folder, 'config.yml'))) {
    problems.push({ severity: 'error', file: 'config.yml', message: 'is not read', hint: 'Rename it to config.yaml.' })
  }
  if (envText !== undefined) problems.push(...openToOthers(join(folder, '.env')))

  const yaml = await parse(configText, problems)
  const environment = readEnvironment(
    envText,
    env,
    yaml ? [...referencesIn(yaml.data), ...namesForCommands(yaml.data)] : [],
  )
  problems.push(...environment.problems)
  const { inFile, inEnvironment } = environment.databaseUrl
  const hide = [inFile, inEnvironment].flatMap(secretsOfDatabase).concat(secretValues(environment, undefined, env))
  const values = yaml && check(yaml, redactor(hide), problems)
  const database = databaseUrlOf(environment.databaseUrl, { isNamed: values?.machine.name !== undefined })
  if (database.url !== undefined) environment.secrets.databaseUrl = database.url
  if (database.problem) problems.push(database.problem)
  if (yaml && values) problems.push(...(await crossChecks(values, yaml, environment, { home: folder, program })))

  const safe = inOrder(problems).map((problem) => withoutSecrets(problem, redactor(hide)))
  if (!values || safe.some(({ severity }) => severity === 'error')) return { problems: safe }
  const config = buildConfig(values, {
    home: folder,
    program,
    ...(configText === undefined ? {} : { configFile: join(folder, 'config.yaml') }),
    ...(environment.host ? { host: environment.host } : {}),
    ...(environment.port === undefined ? {} : { port: environment.port }),
    ...(environment.secrets.n8nNotifyUrl ? { n8nNotifyUrl: environment.secrets.n8nNotifyUrl } : {}),
    lookUp: (written) => environment.values[referenceIn(written) ?? ''] ?? written,
  })
  return {
    ...{ config, secrets: environment.secrets, secretValues: secretValues(environment, config, env), warnings: safe },
    notices: database.notice ? [database.notice] : [],
  }
}

const NOTHING: YamlFile = { data: {}, problemAt: (_path, _at, problem) => ({ ...problem, file: 'config.yaml' }) }

/** Loading a YAML parser takes as long as starting Node; a file of comments does without. */
async function parse(text: string | undefined, problems: ConfigProblem[]): Promise<YamlFile | undefined> {
  if (text === undefined || isEmptyYaml(text)) return NOTHING
  const result = await readYaml('config.yaml', text, showable)
  if ('yaml' in result) return result.yaml
  problems.push(...result.problems)
  return undefined
}

function check(yaml: YamlFile, redact: (text: string) => string, problems: ConfigProblem[]): AllValues | undefined {
  const result = checkerOf(allKeys, { defaults: true }).safeParse(yaml.data)
  if (result.success) return result.data
  problems.push(...problemsOf(result.error.issues, yaml, (value) => show(value, redact)))
  return undefined
}

function show(value: unknown, redact: (text: string) => string): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'keys with values'
  const text = redact(String(value)).replace(/\s+/g, ' ')
  return `\`${shortened(text, 41)}\``
}

/** A line that names something secret is not repeated. */
const showable = (line: string): string | undefined =>
  /token|secret|passw|api[_-]?key|authorization|url|webhook/i.test(line) ? undefined : line

function withoutSecrets(problem: ConfigProblem, redact: (text: string) => string): ConfigProblem {
  const { source, ...rest } = problem
  const safe: ConfigProblem = { ...rest, message: redact(problem.message) }
  if (problem.hint) safe.hint = redact(problem.hint)
  if (source !== undefined && !redact(source).includes(REDACTED)) safe.source = source
  return safe
}

/** `$NAME`s anywhere in the file. */
function referencesIn(data: unknown): string[] {
  if (typeof data === 'string') return [referenceIn(data)].filter((name) => name !== undefined)
  if (typeof data !== 'object' || data === null) return []
  return Object.values(data).flatMap(referencesIn)
}

/** Names under `env` of an environment, of the home or of one of its projects. */
function namesForCommands(data: unknown): string[] {
  const below = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  const each = (value: unknown): unknown[] => (typeof value === 'object' && value !== null ? Object.values(value) : [])
  return [data, ...each(below(data, 'projects'))]
    .flatMap((project) => each(below(project, 'environments')))
    .flatMap((environment) => [below(environment, 'env')].flat())
    .filter((name) => typeof name === 'string')
}

/** Larger than any file that a person wrote. */
const LARGEST_BYTES = 1_000_000

function readText(path: string, name: string, problems: ConfigProblem[]): string | undefined {
  const fail = (message: string, hint?: string): undefined => {
    problems.push({ severity: 'error', file: name, message, ...(hint ? { hint } : {}) })
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readPlainSync(path, LARGEST_BYTES))
    return text.includes('\0') ? fail('is not a text file') : text
  } catch (error) {
    if (isMissing(error)) return undefined
    if (error instanceof NotPlain) return fail(NOT_PLAIN[error.what])
    if (error instanceof TypeError) return fail('is not UTF-8 text', 'Save it as UTF-8.')
    return fail(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'})`)
  }
}

const isMissing = (error: unknown): boolean => /^ENO(ENT|TDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')

const NOT_PLAIN: Record<NotPlain['what'], string> = {
  folder: 'is a folder, not a file',
  link: 'is a link, not a file',
  special: 'is a pipe or a device, not a file',
  large: 'is larger than 1 MB; is it the right file?',
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

function openToOthers(path: string): ConfigProblem[] {
  const open = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0
  const hint = 'Run: chmod 600 .env'
  return open
    ? [{ severity: 'warning', file: '.env', message: 'can be read by other users of this machine', hint }]
    : []
}
