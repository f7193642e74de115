import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DEPLOY_POINTS } from '../../src/daemon/crash-points.ts'
import { openStore } from '../../src/store/store.ts'
import { brokenBy } from '../break.ts'
import { buildDeployHouse, type DeployHouse } from '../deploys/house.ts'
import type { DeployLife } from '../deploys/life.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'

const PROGRAM = join(import.meta.dirname, '../programs/deployer.ts')
const MOST_PUSHES = 3
/** A life that is not over by then hangs. */
const LIFE_MS = 120_000

/** Pushes, approvals right and wrong, and kills at every step, with the real program, git and commands; the witness is the commands. */
export const deploysRow: Row = {
  number: 21,
  title: 'deploys: wrong roles, forged and old approvals, self-approved, superseded, red checks; kills at every step',
  unit: 'deployments',
  sizes: { test: 2, small: 300, large: 10_000 },
  controls: [
    { breaks: 'anybody approves a deployment', size: 2 },
    { breaks: 'what was shown is not checked', size: 2 },
    { breaks: 'whoever asked for a deployment approves it', size: 20 },
    { breaks: 'two deploy at once', size: 20 },
    { breaks: 'what a kill cut off is started again', size: 20 },
    { breaks: 'the release before is guessed', size: 40 },
    { breaks: 'deployments are not marked', size: 40 },
  ],
  async run(run) {
    for (let deployments = 0; deployments < run.size && !run.isEnough(); ) {
      const random = run.random.fork()
      const house = buildDeployHouse()
      try {
        await live(run, random, house)
        deployments += Math.max(1, judge(run, house))
      } finally {
        house.remove()
      }
    }
  },
}

async function live(run: RowRun, random: Random, house: DeployHouse): Promise<void> {
  const { home, live } = house
  const begin = async (
    more: Partial<DeployLife>,
    { killAt, isPushed }: { killAt?: string; isPushed?: boolean } = {},
  ) => {
    const life: DeployLife = { home, live, headFile: house.headFile, approves: true, asks: false, ...more }
    const broken = brokenBy(run.breaks)
    const child = spawn(process.execPath, [...broken.args, PROGRAM, JSON.stringify(life)], {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        ...broken.env,
        ...(killAt !== undefined && { BATON_KILL_AT: killAt }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const hangs = setTimeout(() => child.kill('SIGKILL'), LIFE_MS)
    // Half-way through a command, and not only between two of them.
    const cut = killAt === 'any' ? setInterval(() => isDeploying(house) && child.kill('SIGKILL'), 20) : undefined
    // A push while another one is on its way out: it may be approved, and has to wait.
    let isToPush = isPushed === true
    const pushed = setInterval(() => {
      if (!isToPush || !isDeploying(house)) return
      isToPush = false
      house.push(random.chance(0.6))
      run.count('pushes while something is deployed')
    }, 20)
    const startedAt = Date.now()
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    clearTimeout(hangs)
    clearInterval(cut)
    clearInterval(pushed)
    if (signal === 'SIGKILL' && Date.now() - startedAt >= LIFE_MS) run.fail(`a life did not end: ${said.slice(-300)}`)
    else if (signal === 'SIGKILL') run.count('kills')
    else if (code !== 0) run.fail(`a life ended with ${code}: ${said.slice(-500)}`)
  }
  // What is there at first is no push.
  await begin({ approves: false })
  house.slow()
  for (let pushes = random.int(1, MOST_PUSHES); pushes > 0; pushes--) {
    house.push(random.chance(0.5))
    run.count('pushes')
    house.away(random.chance(0.4))
    const killAt = random.chance(0.6) ? random.pick([...DEPLOY_POINTS, 'any', 'any', 'any']) : undefined
    const life = { approves: random.chance(0.8), asks: random.chance(0.3) }
    await begin(life, { ...(killAt !== undefined && { killAt }), isPushed: random.chance(0.4) })
  }
  await begin({})
}

const isDeploying = (house: DeployHouse): boolean => /^(deploy|rollback)$/.test(house.witness().at(-1)?.what ?? '')

/** What must hold; everything is read from what the commands wrote. Gives the number of deployments. */
function judge(run: RowRun, house: DeployHouse): number {
  const lines = house.witness()
  const fail = (text: string) => run.fail(`${text}\n${lines.map((one) => Object.values(one).join(' ')).join('\n')}`)
  const of = (what: string) => lines.filter((one) => one.what === what)
  for (const { id, sha } of of('wrong')) fail(`an approval of ${id} counted for ${sha}`)
  for (const { id, sha } of of('overlap')) fail(`${id} began while another one was under way: process ${sha}`)
  for (const what of ['deploy', 'rollback'])
    for (const { id } of of(what))
      if (of(what).filter((one) => one.id === id).length > 1) fail(`${id}: ${what} was started twice`)
  lines.forEach(({ what, id, sha }, at) => {
    const before = lines.slice(0, at)
    const start = before.findLastIndex((one) => /^(deploy|rollback)$/.test(one.what) && one.id === id)
    if (what === 'done' && before.slice(start).some((one) => one.what === 'life'))
      fail(`what a kill left of ${id} went on beside the next Baton`)
    if (what === 'deploy' && !before.some((one) => one.what === 'approved' && sha.startsWith(one.sha)))
      fail(`${sha} was deployed and never approved`)
    if (what !== 'rollback') return
    const began = before.findIndex((one) => one.what === 'deploy' && one.id === id)
    const good = before.slice(0, began < 0 ? undefined : began).findLast((one) => one.what === 'green')?.sha
    if (good === undefined || sha !== good) fail(`${id} went back to ${sha}, and ${good} was the last good one`)
  })
  const store = openStore(join(house.home, '.baton'))
  try {
    const [environment] = store.read.environments('pipelines')
    if (environment?.holder !== undefined) fail('a deployment was never brought to its end')
    if (environment?.locked) run.count('locked environments')
    const known = environment?.runs?.sha
    const isCertain = environment && !environment.isRed && !environment.locked && !environment.missing
    if (isCertain && known !== undefined && known !== house.runs())
      fail(`${house.runs()} runs, and Baton says ${known}`)
  } finally {
    store.close()
  }
  const count = of('deploy').length
  run.count('deployments', count)
  run.count('rollbacks', of('rollback').length)
  run.count('approvals', of('approved').length)
  return count
}
