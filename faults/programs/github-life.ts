/**
 * A life of a Baton that watches a repository on GitHub, as the daemon does. Argument: a `GitHubLife` as JSON. On stdin: `hint` is
 * a webhook, `state` has it tell its runs as a line of JSON, `end` ends it in an orderly way.
 */
import { writeSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import type { GitHubLife, LifeState } from '../github/house.ts'

enableCompileCache()

const { readConfig } = await import('../../src/config/read.ts')
const { openApp } = await import('../../src/app/open-app.ts')
const { trackProjects } = await import('../../src/sources/track.ts')

const { dir, apiUrl, token, pollMs, secrets } = JSON.parse(process.argv[2] as string) as GitHubLife
const read = await readConfig({ home: dir, env: {} })
if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
const [project] = read.config.projects
if (project.github) project.github.pollMs = pollMs
const onError = (error: unknown) =>
  tell({ error: error instanceof Error ? (error.stack ?? error.message) : `${error}` })
const opened = await openApp({
  ...{ config: read.config, secretValues: [token, ...secrets], kind: 'daemon', attended: true, env: process.env },
  gitHub: { token, apiUrl, version: '0.0.0', spaced: false },
  onTrouble: (text) => tell({ trouble: text }),
  onError,
})
if ('holder' in opened) throw new Error(`held by ${opened.holder.pid}`)
const { runner } = opened
const watch = trackProjects({
  name: 'GitHub',
  projects: opened.gitHub,
  runner,
  onTrouble: (text) => tell({ trouble: text }),
  onError,
})
runner.begin()
const stop = watch.start()
tell({ up: true })

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'hint') watch.hint()
  if (line === 'state') tell(state())
  if (line === 'end')
    void stop()
      .then(() => runner.stop())
      .then(() => process.exit(0))
})

function state(): LifeState {
  const runs = runner.api.view.runs().map(({ id, status }) => {
    const [task] = runner.api.view.tasks(id)
    const spec = task && runner.api.view.fullTask(task.id)?.spec
    return { id, status, ref: spec?.origin.ref ?? '', task: task?.status ?? '' }
  })
  return { runs, asks: runner.api.view.openAsks().map(({ kind, title }) => `${kind}: ${title}`) }
}

/** Written at once: a kill may come next. */
function tell(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`)
}
