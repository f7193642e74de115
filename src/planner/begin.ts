import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Reply } from '../core/inputs.ts'
import type { Actor } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { readPlain } from '../files/plain.ts'
import type { OpenPlans } from './open-plans.ts'
import type { OpenPlan } from './plan.ts'

export interface BeginPorts {
  home: string
  plans: OpenPlans
  api: Pick<DaemonApi, 'submit'>
  create: (path: string, text: string) => Promise<boolean>
  onWritten: (project: string, name: string) => Promise<void>
  /** Where the text of a plan can stand: a name that is free now. */
  nameFor: (project: string, text: string, id: string) => string
}

/**
 * Writes the file of a plan and starts it. The name is stored before it is written, so that after a kill the file is found
 * again. Never over an existing file. Throws what writing throws.
 */
export async function beginPlan(plan: OpenPlan & { text: string }, by: Actor, ports: BeginPorts): Promise<Reply> {
  const { home, plans, api } = ports
  const { id, project, text, version } = plan
  let name = plan.name ?? ports.nameFor(project, text, id)
  // What is there word for word was written by this plan, in an earlier life or try.
  while ((await contentOf(resolve(home, name))) !== text) {
    if (existsSync(resolve(home, name))) name = ports.nameFor(project, text, id)
    plans.put({ ...plan, state: 'starting', startedBy: by, name })
    await mkdir(dirname(resolve(home, name)), { recursive: true })
    await ports.create(resolve(home, name), text)
  }
  await ports.onWritten(project, name)
  const reply = await api.submit({ type: 'start', files: [name] }, by, {
    key: `plan:${id}:${version}`,
    queue: project,
  })
  plans.remove(id)
  const words = reply.ok ? `${name}: ${reply.text}` : `Wrote ${name}, but did not start it: ${reply.text}`
  return { ...reply, text: words, data: { ...reply.data, file: name } }
}

const contentOf = (path: string): Promise<string | undefined> => readPlain(path).then(String, () => undefined)
