import { commandNamed } from '../../core/commands/catalogue.ts'
import type { Views } from '../../daemon/api/views.ts'
import type { ChatContext } from '../context.ts'
import { fileMeant } from './start.ts'

/** The projects in which something runs, waits or is asked. */
function projectsAtWork(view: Views): string[] {
  return view.queues().filter((queue) => {
    const { asks, run } = view.status(queue)
    return asks.length > 0 || (run !== undefined && run.endedAt === undefined)
  })
}

/**
 * The project that a command without a name is about: the one with a running task, else the one that ran last; or all that it could
 * be about. Undefined where the command takes care of that itself.
 */
export async function projectMeant(
  { deps }: ChatContext,
  command: string,
  text: string,
): Promise<string | { several: readonly string[] } | undefined> {
  const { view } = deps.api
  const about = commandNamed('chat', command)?.about
  if (view.queues().length < 2) return undefined
  if (about === 'files') return filesMeant(deps, text)
  // A repository is there whether anything runs or not.
  if (command === 'github') return onlyOrSeveral(view.queues().filter(deps.isOnGitHub))
  if (about !== 'run' && about !== 'task') return undefined
  const busy = projectsAtWork(view)
  if (busy.length > 1) return { several: busy }
  return busy[0] ?? view.runs({ limit: 1 })[0]?.queue
}

/** A file that is named belongs to a project; words belong to any. */
async function filesMeant({ api, taskFiles }: ChatContext['deps'], text: string) {
  const queues = api.view.queues()
  const having: string[] = []
  if (text !== '') for (const queue of queues) if (fileMeant(await taskFiles(queue), text)) having.push(queue)
  return onlyOrSeveral(having.length > 0 ? having : queues)
}

/** Undefined where there is none: whoever is asked then says why. */
const onlyOrSeveral = (queues: readonly string[]): string | { several: readonly string[] } | undefined =>
  queues.length > 1 ? { several: queues } : queues[0]
