/**
 * A life of Baton with a pipeline. Its people are here, too: strangers, whoever asked for it, and an old approval are put in first, and
 * noted where one is accepted; then somebody of the role approves, and that is noted before. Argument: a `DeployLife` as JSON.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApp } from '../../src/app/open-app.ts'
import { readConfig } from '../../src/config/read.ts'
import type { Actor } from '../../src/core/types.ts'
import type { DeployLife } from '../deploys/life.ts'

const { home, live, headFile, approves, asks } = JSON.parse(process.argv[2] as string) as DeployLife
const witness = (line: string) => appendFileSync(join(live, 'witness'), `${line}\n`)
const BEN: Actor = { surface: 'telegram', id: '42', name: 'Ben' }
const CLEO: Actor = { surface: 'telegram', id: '43', name: 'Cleo' }
const WRONG: Actor[] = [
  { surface: 'telegram', id: '7', name: 'Dora' },
  // Names prove nothing, and neither does an id of another platform.
  { surface: 'telegram', id: '8', name: 'Ben' },
  { surface: 'slack', id: '42', name: 'Ben' },
  { surface: 'http', id: 'api', name: 'telegram:42' },
]

const read = await readConfig({ home, env: {} })
if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
const { config, secretValues } = read
config.program = join(home, 'no-program')
const app = await openApp({
  ...{ config, secretValues, kind: 'daemon' as const, attended: true, env: { ...process.env, HOME: home } },
  onTrouble: (text) => console.error(text),
  onError: (error) => console.error(error),
})
if ('holder' in app) throw new Error('held')
witness(`life ${process.pid}`)
const { api } = app.runner
app.runner.begin()
const stopPipelines = app.pipelines?.start((_queue, text) => console.error(text))
const dealtWith = new Map<string, string>()
let last: { askId: string; hash: string } | undefined

async function answer(): Promise<void> {
  for (const { id, hash, title, state, deciders } of api.view.status('pipelines').asks) {
    if (state !== 'open' || dealtWith.get(id) === hash) continue
    dealtWith.set(id, hash)
    const sha = /Deploy ([0-9a-f]{8})/.exec(title)?.[1] ?? ''
    const approve = (by: Actor, target: { askId: string; hash: string }) =>
      api.submit({ type: 'answer', target, choice: 'approve' }, by, { queue: 'pipelines' })
    for (const by of WRONG) if ((await approve(by, { askId: id, hash })).ok) witness(`wrong ${by.name} ${sha}`)
    if ((await approve(BEN, { askId: id, hash: 'f'.repeat(hash.length) })).ok) witness(`wrong forged ${sha}`)
    if (last && (await approve(BEN, last)).ok) witness(`wrong old ${sha}`)
    if (deciders?.requester?.id === BEN.id && (await approve(BEN, { askId: id, hash })).ok) witness(`wrong own ${sha}`)
    if (!approves) continue
    last = { askId: id, hash }
    // Ben asked for what was asked for: Cleo approves that, and pushes of somebody take both.
    witness(`approved ${id} ${sha}`)
    await approve(CLEO, { askId: id, hash })
    await approve(BEN, { askId: id, hash })
  }
}

if (asks) await api.submit({ type: 'deploy', text: 'production' }, BEN, { queue: 'pipelines' })
for (let quiet = 0; quiet < 6; ) {
  await answer()
  const { meta, runs, environments } = app.store.read
  const isSeen = meta<Record<string, string>>('pipelines:heads:pipelines')?.main === readFileSync(headFile, 'utf8')
  // Whatever comes next waits until a person has looked.
  const isLocked = environments('pipelines').some(({ locked }) => locked)
  const isBusy = runs({ queue: 'pipelines', openOnly: true }).some(({ id }) =>
    api.view.tasks(id).some(({ status }) => status !== 'waiting' && !(isLocked && status === 'queued')),
  )
  const isToStart = (meta<unknown[]>('pipelines:waiting:pipelines') ?? []).length > 0
  quiet = !isSeen || isToStart || isBusy ? 0 : quiet + 1
  await new Promise((resolve) => setTimeout(resolve, 120))
}
await stopPipelines?.()
await app.runner.stop()
