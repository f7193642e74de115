import { batonError } from '../errors.ts'
import { openMachines } from '../machines/outside.ts'
import { withoutSecrets } from '../redact/redact-value.ts'
import { machineLines, type ShownMachine, type ShownOffer } from '../terminal/show/machine-lines.ts'
import { painter } from '../terminal/show/paint.ts'
import type { Shell } from './shell/shell.ts'
import { loadConfig } from './state/load-config.ts'
import { unreachable } from './state/unreachable.ts'

/** Lists the machines that share runs, and what is offered to them. Gives the exit code. */
export async function showMachines(shell: Shell, { json }: { json: boolean }): Promise<number> {
  const { config, secrets, redact } = await loadConfig(shell)
  if (secrets.databaseUrl === undefined)
    throw batonError('usage', {
      message: 'This machine works alone: DATABASE_URL is not set.',
      hint: 'docs/machines.md shows how several machines share runs.',
    })
  const { list, open, listening, close } = await openMachines(secrets.databaseUrl).catch(unreachable)
  try {
    const [members, offers, heard] = await Promise.all([list(), open(), listening()])
    const machines = members.map(
      (member): ShownMachine => ({
        ...{ ...member, isThis: member.name === config.machine.name, listens: heard.get(member.name) ?? [] },
      }),
    )
    const found: { machines: ShownMachine[]; runs: ShownOffer[] } = { machines, runs: offers }
    const shown = withoutSecrets(redact, found)
    if (json) shell.stdout.write(`${JSON.stringify(shown)}\n`)
    else shell.stdout.write(`${machineLines(shown, { now: shell.now(), paint: painter(shell.stdout) }).join('\n')}\n`)
    return 0
  } finally {
    await close()
  }
}
