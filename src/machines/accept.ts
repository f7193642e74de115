import { join } from 'node:path'
import type { GoneMachine, Run, Task, WorkBefore } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { privateFolder, writePrivate } from '../files/private.ts'
import { slug } from '../text/slug.ts'
import type { RunResult, TakenRun } from './machines.ts'

/** What a taken run becomes a run here with. */
export interface AcceptPorts {
  stateDir: string
  api: Pick<DaemonApi, 'submit'>
}

/**
 * Puts a taken run into the queue of its project. The same twice is the same as once. Gives what is wrong with it. `asking`: it is not taken
 * yet, since the machine that has it is gone and a person is to decide first; `time`: how often that was asked.
 */
export async function acceptRun(
  { stateDir, api }: AcceptPorts,
  { id, fence, project, files, options, by }: TakenRun,
  { asking, before }: { asking?: { gone: GoneMachine; time: number }; before?: WorkBefore | undefined } = {},
): Promise<{ runId: string } | { refused: string }> {
  const folder = join(stateDir, 'inline')
  privateFolder(folder)
  const paths = files.map(({ name, text }, index) => {
    const path = join(folder, fileOf(id, index, name))
    writePrivate(path, text)
    return path
  })
  const { ok, text, data, code } = await api.submit(
    {
      type: 'start',
      files: paths,
      shownAs: files.map(({ name }) => name),
      ...options,
      lease: { offer: id, fence, ...(asking && { gone: asking.gone }), ...(before && { before }) },
    },
    by,
    { key: `${asking ? `asked:${asking.time}` : 'offer'}:${id}:${fence}`, queue: project },
  )
  if (typeof data?.runId === 'string') return { runId: data.runId }
  return { refused: ok && code === 'nothing-to-do' ? text : `It could not be started: ${text}` }
}

const fileOf = (id: string, index: number, name: string) =>
  `${id.slice(0, 13)}-${index}-${slug(name.replace(/\.\w+$/, ''), 40) || 'tasks'}.${name.endsWith('.json') ? 'json' : 'md'}`

/** Which of the offered files a task is in, by its place among them. */
function indexOf({ spec }: Task, id: string): number | undefined {
  const [, index] = new RegExp(`${id.slice(0, 13)}-(\\d+)-`).exec(spec.origin.file ?? '') ?? []
  return index === undefined ? undefined : Number(index)
}

/** What came of a run, as the machine that offered it wants to know. */
export function resultOf(run: Run, tasks: readonly Task[], id: string): RunResult {
  const done = tasks.filter(({ phase }) => phase === 'done')
  return {
    state: run.state === 'open' ? 'stopped' : run.state,
    text: `${done.length} of ${tasks.length} tasks done${run.reason === undefined ? '' : `: ${run.reason}`}`,
    costUsd: run.costUsd,
    done: done.flatMap((task) => {
      const file = indexOf(task, id)
      return file === undefined ? [] : [{ file, ref: task.spec.origin.ref, at: task.endedAt ?? 0 }]
    }),
  }
}
