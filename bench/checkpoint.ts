/**
 * What a checkpoint costs on a large repository, beside `git status`, which everybody knows: the two take turns, so that
 * what else the machine does meets both. `node bench/checkpoint.ts [files] [rounds]`
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkpoint } from '../src/git/checkpoint/checkpoint.ts'

const [files = 50_000, rounds = 15] = process.argv.slice(2).map(Number)
const root = mkdtempSync(join(tmpdir(), 'baton-bench-'))
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })

try {
  build()
  const first = await timed(() => take(0))
  console.log(`${files} files; the first checkpoint of all: ${Math.round(first)} ms`)
  await compare('nothing changed', () => {})
  await compare('100 files changed', (round) => change(round, 100))
  await compare('5,000 files changed', (round) => change(round, 5000))
} finally {
  rmSync(root, { recursive: true, force: true })
}

function nameOf(i: number): string {
  return join(root, `d${i % 25}`, `e${i % 500}`, `f${i}.ts`)
}

/** Files as old as a checkout of yesterday: what is as young as the index is read by git in any case. */
function build(): void {
  const yesterday = new Date(Date.now() - 86_400_000)
  for (let i = 0; i < files; i += 1) {
    if (i < 500) mkdirSync(join(nameOf(i), '..'), { recursive: true })
    writeFileSync(nameOf(i), `export const value${i} = ${i}\n`.repeat(20))
    utimesSync(nameOf(i), yesterday, yesterday)
  }
  writeFileSync(join(root, '.gitattributes'), '* text=auto\n')
  writeFileSync(join(root, '.gitignore'), 'node_modules/\ndist/\n*.log\n')
  git('init', '-q')
  git('add', '-A')
  git('-c', 'user.name=b', '-c', 'user.email=b@localhost', 'commit', '-q', '-m', 'all')
}

function change(round: number, count: number): void {
  for (let i = 0; i < count; i += 1) appendFileSync(nameOf((i * 7919) % files), `// ${round}\n`)
}

async function take(n: number): Promise<void> {
  const taken = await checkpoint({ cwd: root, ref: `refs/baton/bench/${n}`, message: 'bench' })
  if (taken.kind === 'none') throw new Error(taken.reason)
}

async function compare(what: string, prepare: (round: number) => void): Promise<void> {
  const times: { status: number[]; checkpoint: number[] } = { status: [], checkpoint: [] }
  for (let round = 0; round < rounds; round += 1) {
    prepare(round)
    const turns = [
      async () => times.status.push(await timed(async () => void git('status', '--porcelain'))),
      async () => times.checkpoint.push(await timed(() => take(round))),
    ]
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn()
  }
  const [status, own] = [median(times.status), median(times.checkpoint)]
  console.log(
    `${what}: git status ${Math.round(status)} ms, checkpoint ${Math.round(own)} ms (${(own / status).toFixed(1)} times)`,
  )
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
