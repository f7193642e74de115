import { join } from 'node:path'
import { type OpenedApp, openApp } from '../../src/app/open-app.ts'
import { readConfig } from '../../src/config/read.ts'
import type { Secrets } from '../../src/config/secrets.ts'
import type { Config } from '../../src/config/types.ts'
import { REHEARSAL } from './rehearsal-agent.ts'

export type TestApp = Exclude<OpenedApp, { holder: unknown }>
type AppOptions = Parameters<typeof openApp>[0]

export interface RehearsedAppOptions extends Partial<Omit<AppOptions, 'config' | 'onTrouble' | 'onError'>> {
  change?: (config: Config) => void
  /** What goes wrong is put here. */
  errors: unknown[]
}

/** Opens Baton on a folder, with the rehearsal agent in Claude's place and this process's environment out of reach. */
export async function openRehearsedApp(
  home: string,
  { change, errors, env = {}, ...options }: RehearsedAppOptions,
): Promise<{ app: TestApp; config: Config; secrets: Secrets }> {
  const read = await readConfig({ home, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const { config, secrets, secretValues } = read
  for (const project of config.projects) project.claude.command = REHEARSAL
  // What an engineer edits while the tests run is not to be given back as an agent's doing.
  config.program = join(home, 'no-program')
  change?.(config)
  const app = await openApp({
    secretValues,
    kind: 'daemon',
    attended: true,
    ...options,
    config,
    env: { PATH: process.env.PATH, HOME: home, CLAUDE_CONFIG_DIR: join(home, 'sessions'), ...env },
    onTrouble: (text) => errors.push(text),
    onError: (error) => errors.push(error),
  })
  if ('holder' in app) throw new Error(`held by ${app.holder.pid}`)
  return { app, config, secrets }
}
