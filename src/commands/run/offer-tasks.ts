import { setTimeout as sleep } from 'node:timers/promises'
import type { ProjectConfig } from '../../config/types.ts'
import { targetText } from '../../core/machine-target.ts'
import type { OfferState, RunResult } from '../../machines/machines.ts'
import { newOffer } from '../../machines/new-offer.ts'
import { type MachinesOutside, openMachines } from '../../machines/outside.ts'
import { fileOf } from '../../sources/files/find-files.ts'
import { markTask } from '../../sources/files/marks.ts'
import type { TaskPlan } from '../../sources/files/plan-files.ts'
import { isFileTask } from '../../taskfile/file-task.ts'
import type { TasksCall } from '../argv/call.ts'
import { listenForInterrupts } from '../shell/interrupts.ts'
import { diagnose, type Shell } from '../shell/shell.ts'
import type { Loaded } from '../state/load-config.ts'
import { unreachable } from '../state/unreachable.ts'

const LOOK_MS = 1_000
/** After this long, say why it is still waiting. */
const UNTAKEN_MS = 5_000
const EXIT = { done: 0, failed: 1, stopped: 3 } as const

/** Hands the tasks of files to another machine, and follows what becomes of them. Gives the exit code. */
export async function offerTasks(
  shell: Shell,
  loaded: Loaded,
  project: ProjectConfig,
  plan: TaskPlan,
  call: TasksCall & { on: string },
): Promise<number> {
  const { config, secrets } = loaded
  const say = (text: string) => diagnose(shell, loaded.redact(text))
  const outside = await openMachines(secrets.databaseUrl).catch(unreachable)
  try {
    const { on, only, all, autoApprove, json } = call
    const options = { ...(autoApprove && { autoApprove }), ...(all && { all }), ...(only && { only }) }
    const offer = await newOffer(config, project, { target: on, files: plan.files, options, by: shell.actor })
    const { id, already } = await outside.machines.offer(offer).catch(unreachable)
    const whom = targetText(on)
    say(
      `${already ? 'Already offered' : 'Offered'} to ${whom}: ${plan.files.join(', ')}. Ctrl-C stops following, not the run.`,
    )
    const ended = await follow(shell, outside, id, { json, say, whom, base: offer.base })
    if (!ended?.result) return 130
    await noteDone(loaded, plan, ended.result, say)
    return EXIT[ended.result.state]
  } finally {
    await outside.close()
  }
}

/** Until it has ended; undefined when the person has seen enough. */
async function follow(
  shell: Shell,
  { find, list }: MachinesOutside,
  id: string,
  { json, say, whom, base }: { json: boolean; say: (text: string) => void; whom: string; base: string | undefined },
): Promise<OfferState | undefined> {
  const interrupts = listenForInterrupts()
  const leaving = new AbortController()
  interrupts.onFirst(() => leaving.abort())
  const since = shell.now()
  let told = ''
  let isHinted = false
  try {
    while (!leaving.signal.aborted) {
      const found = await find(id).catch(() => undefined)
      if (found) {
        const now = `${found.state} ${found.fence}`
        if (now !== told) {
          told = now
          const news = newsOf(found)
          if (json) shell.stdout.write(`${JSON.stringify({ type: 'offer', ...found })}\n`)
          else if (news !== undefined) say(news)
        }
        if (found.result) return found
        if (found.state === 'queued' && !isHinted && shell.now() - since > UNTAKEN_MS) {
          isHinted = true
          say(waitText(whom, base, await list().catch(() => [])))
        }
      }
      await sleep(LOOK_MS, undefined, { signal: leaving.signal }).catch(() => undefined)
    }
    return undefined
  } finally {
    interrupts.close()
  }
}

const ENDED = { done: 'Finished', failed: 'It failed', stopped: 'It was stopped' } as const

/** What has become of it, for whoever follows; nothing as long as nobody has it. */
function newsOf({ state, machine, fence, result }: OfferState): string | undefined {
  if (state === 'active') return fence > 1 ? `${machine} took it over.` : `${machine} took it.`
  if (state === 'parked') return `${machine} is waiting for an answer, and lets others work meanwhile.`
  return result && `${ENDED[result.state]} on ${machine}: ${result.text}`
}

/** Why nobody has taken it yet. */
function waitText(
  whom: string,
  base: string | undefined,
  machines: Awaited<ReturnType<MachinesOutside['list']>>,
): string {
  const here = machines.filter(({ state }) => state === 'here')
  if (here.length === 0) return `No machine is connected at the moment; the run waits for ${whom}.`
  const named = here.map(({ name, runs }) => `${name} (${runs > 0 ? 'busy' : 'free'})`)
  const needs =
    base === undefined
      ? ''
      : ` It starts from ${base.slice(0, 8)}: a machine takes it once its checkout has that commit.`
  return `The run waits for ${whom}: there are ${named.join(', ')}.${needs} See: baton machine list`
}

/** What was done elsewhere is noted in the files here. */
async function noteDone(
  { config }: Loaded,
  plan: TaskPlan,
  { done }: RunResult,
  say: (text: string) => void,
): Promise<void> {
  for (const { file, ref, at } of done) {
    const found = plan.tasks.find(({ spec }) => spec.origin.file === plan.files[file] && spec.origin.ref === ref)?.spec
    if (!found || !isFileTask(found)) continue
    const marked = await markTask(config.stateDir, fileOf(config.home, found), found, new Date(at))
    if ('problem' in marked) say(`${found.title} is done, but: ${marked.problem}`)
  }
}
