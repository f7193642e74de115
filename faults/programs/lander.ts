/** A life of a merge line that lands what has not landed yet; killed at a chosen step. Argument: a `Life` as JSON. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from '../../src/core/types.ts'
import { locate, type Repository } from '../../src/git/repository.ts'
import { commitOf, treeOf } from '../../src/git/worktree/branches.ts'
import { addWorktree, openWorktree, resetWorktree } from '../../src/git/worktree/worktrees.ts'
import { openStore } from '../../src/store/store.ts'
import type { Candidate } from '../../src/workspace/merge-line/chain.ts'
import { createCommitChecks } from '../../src/workspace/merge-line/check-commit.ts'
import { createChecked } from '../../src/workspace/merge-line/checked.ts'
import { createLandedTasks } from '../../src/workspace/merge-line/landed.ts'
import { createMergeLine } from '../../src/workspace/merge-line/merge-line.ts'
import { sampleTask } from '../../test/support/samples.ts'
import { isRed, type Life, taskBranch } from '../landings/kinds.ts'

const life = JSON.parse(process.argv[2] as string) as Life
const store = openStore(life.stateDir)
const located = await locate(life.repository)
if ('reason' in located) throw new Error(located.reason)
const { repository } = located
const witness = (line: string) => appendFileSync(life.journal, `${line}\n`)

let steps = 0
function step(): void {
  if (++steps === life.killAt) process.kill(process.pid, 'SIGKILL')
}

const kept = {
  get: store.kept.get,
  set: (key: string, value: unknown) => {
    step()
    store.kept.set(key, value)
    step()
  },
}
const landed = createLandedTasks(repository, kept, 'main')
const checks = createCommitChecks({
  checked: createChecked(kept, 'checked'),
  checksFor: async () => [{ check: { name: 'check', command: 'check', timeoutMs: 0 }, isOwn: false }],
  environment: async () => '',
  treeOf: (commit) => treeOf(repository, commit),
  place: async (commit) => {
    const tree = await checkTree(commit)
    await resetWorktree(tree, { commit })
    return async ({ check }) => {
      step()
      if (life.usersCommit === ++checked) commitAsUser()
      const files = readdirSync(tree.root)
      const ok = !isRed(files) && !failsOnce(files)
      if (ok) witness(`green ${await treeOf(tree, 'HEAD')}`)
      step()
      return { name: check.name, command: 'check', ok, durationMs: 1, output: files.join(' ') }
    }
  },
})
let checked = 0

const line = createMergeLine({
  repository,
  branch: life.branch,
  method: 'squash',
  advance: landed.advance,
  check: async ({ commit }, tasks, signal) => checks.check({ commit }, tasks, signal),
  checkBase: checks.checkBase,
  again: checks.again,
  giveBack: async () => step(),
  landedSince: async () => [],
})

await landed.recover()
for (const group of life.groups) {
  const open = group.filter((number) => !life.told.includes(number))
  const candidates = await Promise.all(open.map(candidateOf))
  await Promise.all(
    candidates.map(async (candidate) => {
      const known = landed.of(candidate.task)
      const landing = known
        ? { kind: 'landed' as const, commit: known.commit }
        : await line.land(candidate, new AbortController().signal)
      step()
      const what = landing.kind === 'returned' ? landing.why : landing.kind
      witness(`told ${what} ${candidate.task.number} ${landing.kind === 'landed' ? landing.commit : ''}`)
    }),
  )
}

async function checkTree(commit: string): Promise<Repository> {
  const there = await openWorktree(life.checkTree)
  if (there) return there
  await addWorktree(repository, life.checkTree, commit)
  return (await openWorktree(life.checkTree)) as Repository
}

async function candidateOf(number: number): Promise<Candidate> {
  const work = await commitOf(repository, `refs/heads/${taskBranch(number)}`)
  if (work === undefined) throw new Error(`Task ${number} has no work`)
  const task: Task = sampleTask({ id: `task${number}`, number, spec: { title: `Task ${number}` } })
  return { task, work, message: `Task ${number}\n` }
}

/** The first look at such a file fails, whatever else is there; later ones do not. */
function failsOnce(files: readonly string[]): boolean {
  const fresh = files.filter((name) => name.startsWith('flaky-') && !existsSync(join(life.seen, name)))
  for (const name of fresh) writeFileSync(join(life.seen, name), '')
  return fresh.length > 0
}

/** Somebody commits to the branch themselves, while a check runs. */
function commitAsUser(): void {
  const git = (args: string[], input?: string) =>
    execFileSync('git', args, { cwd: life.repository, encoding: 'utf8', ...(input !== undefined && { input }) }).trim()
  const tip = git(['rev-parse', life.branch])
  const blob = git(['hash-object', '-w', '--stdin'], 'the user was here\n')
  const name = `user-${process.pid}.txt`
  const tree = git(['mktree'], `${git(['ls-tree', tip])}\n100644 blob ${blob}\t${name}\n`)
  const who = ['-c', 'user.name=Ursula', '-c', 'user.email=ursula@example.org']
  const commit = git([...who, 'commit-tree', tree, '-p', tip, '-m', 'By the user'])
  witness(`user ${commit}`)
  git(['update-ref', '-m', 'user', `refs/heads/${life.branch}`, commit, tip])
}
