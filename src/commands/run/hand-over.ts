import type { Command } from '../../core/commands/commands.ts'
import type { BatonEvent } from '../../core/types.ts'
import { batonError } from '../../errors.ts'
import { replyText } from '../../terminal/show/how-to.ts'
import { diagnose, type Shell } from '../shell/shell.ts'
import type { Loaded } from '../state/load-config.ts'
import { openThere } from '../state/open-there.ts'
import { followThere } from './follow-there.ts'

/** Hands a start (or a resume) to the running daemon, and follows along. Gives the exit code. */
export async function handOver(
  shell: Shell,
  loaded: Loaded,
  command: Command,
  options: { json: boolean; queue: string; alreadyDone: number; onFailure: 'ask' | 'stop' | 'continue' },
): Promise<number> {
  const remote = openThere(shell, loaded)
  if (!remote) throw batonError('not-running')
  const { api } = remote
  const events: BatonEvent[] = []
  let hear = (event: BatonEvent): void => void events.push(event)
  const stopFollowing = api.follow((event) => hear(event))
  try {
    // What the daemon works on stays first; these tasks wait behind it.
    const { supersede: _, ...start } = command.type === 'start' ? command : { ...command, supersede: undefined }
    const reply = await api.submit(start as Command, shell.actor, { queue: options.queue })
    if (!reply.ok) throw batonError('usage', { message: loaded.redact(replyText(reply, shell.call)) })
    diagnose(
      shell,
      `Handed to the daemon: ${loaded.redact(replyText(reply, shell.call))} Ctrl-C stops following, not the run.`,
    )
    const runId = typeof reply.data?.runId === 'string' ? reply.data.runId : api.view.status(options.queue).run?.id
    if (runId === undefined) return 0
    const tape = {
      events,
      onEvent: (listener: (event: BatonEvent) => void) => {
        hear = listener
      },
    }
    return await followThere(shell, loaded, remote, runId, tape, options)
  } finally {
    stopFollowing()
    remote.close()
  }
}
