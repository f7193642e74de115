import { batonError } from '../../errors.ts'
import { lookAtMachines } from '../../machines/look.ts'
import { when } from '../../text/times.ts'
import type { Shell } from '../shell/shell.ts'
import { loadConfig } from './load-config.ts'
import { unreachable } from './unreachable.ts'

/**
 * What another machine answers about a task of a run that is not known here, and which one it is; undefined where no other one
 * knows it, or this one works alone. Throws BatonError `usage` where it is known which one has it, and that one is silent.
 */
export async function askElsewhere(
  shell: Shell,
  { run, task }: { run: string; task: number },
  about: 'log' | 'diff',
): Promise<{ machine: string; status: number; json: Record<string, unknown> } | undefined> {
  const { config, secrets } = await loadConfig(shell)
  if (secrets.databaseUrl === undefined) return undefined
  const look = await lookAtMachines(secrets.databaseUrl, config.machine.name).catch(unreachable)
  try {
    const seen = await look.seen().catch(unreachable)
    const named = seen.find(({ doing }) => JSON.stringify(doing).includes(JSON.stringify(run)))
    if (named?.silentSince !== undefined)
      throw batonError('usage', {
        message: `${named.machine} has run ${run}, and nothing was heard of it since ${when(named.silentSince, shell.now())}.`,
        hint: 'Bring that machine back, or look at its logs there.',
      })
    const asked = named ? [named] : seen.filter(({ silentSince }) => silentSince === undefined)
    const path = `/api/sessions/${encodeURIComponent(run)}/tasks/${task}/${about}`
    for (const { machine } of asked) {
      const answer = await look.call(machine, { method: 'GET', path })
      if (!answer && named)
        throw batonError('usage', {
          message: `${machine} has run ${run}, and does not answer at the moment.`,
          hint: 'Try again in a moment.',
        })
      const json = answer && (JSON.parse(answer.text) as { error?: { code?: string } })
      if (answer?.status === 200 || (json?.error?.code !== undefined && json.error.code !== 'no-such-task'))
        return { machine, status: answer?.status ?? 0, json: json as Record<string, unknown> }
    }
    return undefined
  } finally {
    await look.close()
  }
}
