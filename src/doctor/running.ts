import { once } from 'node:events'
import { createServer } from 'node:net'
import { exposedWithoutToken } from '../config/exposure.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import { moment } from '../text/times.ts'
import { type DoctorCheck, named } from './check.ts'

/** The process that is running on this state right now. */
export interface FoundRunner {
  kind: string
  pid: number
  /** Epoch milliseconds. */
  since: number
}

export function checkRunner(runner: FoundRunner | undefined): DoctorCheck {
  const check = named('runner', { needed: false })
  if (!runner) return check.ok('not running')
  const who = runner.kind === 'daemon' ? 'the daemon' : 'a run from the terminal'
  return check.ok(`${who}, process ${runner.pid}, since ${moment(runner.since)}`)
}

/** Can the port be had? While the daemon runs it is the daemon that has it. */
export async function checkPort(
  config: Config,
  secrets: Secrets,
  runner: FoundRunner | undefined,
): Promise<DoctorCheck> {
  const check = named('http', { needed: false })
  const { enabled, host, port } = config.http
  if (!enabled) return check.ok('turned off')
  const exposed = exposedWithoutToken(config, secrets)
  if (exposed) return check.fail(exposed.message, exposed.hint)
  if (runner?.kind === 'daemon') return check.ok(`${host}:${port}, the daemon's`)
  const problem = await tryListening(host, port)
  if (!problem) return check.ok(`${host}:${port} is free`)
  if (problem === 'EADDRINUSE')
    return check.fail(`${host}:${port} is taken by another program`, 'Set another http.port in config.yaml.')
  return check.fail(`cannot listen on ${host}:${port} (${problem})`, 'Set http.host and http.port in config.yaml.')
}

async function tryListening(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown cause'
  } finally {
    server.close()
  }
}
