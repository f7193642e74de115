import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Operation, operationIn } from './operation.ts'
import { inRepository, locate, type Repository } from './repository.ts'

/** What git work leaves traces in. Plain data: taken before an attempt, stored, and compared with those after it. */
export interface GitFacts {
  /** Commit that HEAD stands for; absent before the first one. */
  head?: string
  /** Checked-out branch, `refs/heads/…`; absent when HEAD is detached. */
  branch?: string
  /** Every ref and what it stands for; `refs/baton/` left out. */
  refs: Record<string, string>
  /** Commits of the stash, newest first. */
  stashes: string[]
  /** What is staged, as a digest: a mere refresh of the index file does not change it. */
  index: string
  worktrees: number
  operation?: Operation
  /** Digests of `.git/config` and of the hooks. */
  config: string
  hooks: string
}

/** The facts of now; undefined where there is no working tree. */
export async function gitFacts(cwd: string): Promise<GitFacts | undefined> {
  const located = await locate(cwd)
  return 'reason' in located ? undefined : factsOf(located.repository)
}

export async function factsOf(repository: Repository): Promise<GitFacts> {
  const run = inRepository(repository)
  const say = async (args: string[], accept = [0, 1, 128]) => (await run(args, { accept })).stdout.trim()
  const [head, branch, refs, stashes, index, worktrees, operation, config, hooks] = await Promise.all([
    say(['rev-parse', '-q', '--verify', 'HEAD']),
    say(['symbolic-ref', '-q', 'HEAD']),
    say(['for-each-ref', '--format=%(objectname) %(refname)'], [0]),
    say(['log', '-g', '--format=%H', 'refs/stash', '--']),
    say(['ls-files', '-s', '-z'], [0]),
    say(['worktree', 'list', '--porcelain'], [0]),
    operationIn(repository.gitDir),
    readFile(join(repository.commonDir, 'config'), 'latin1').catch(() => ''),
    hooksOf(repository),
  ])
  return {
    ...(head ? { head } : {}),
    ...(branch ? { branch } : {}),
    refs: Object.fromEntries(
      lines(refs)
        .map(readRef)
        .filter(([name]) => !name.startsWith('refs/baton/')),
    ),
    stashes: lines(stashes),
    index: digest(index),
    worktrees: lines(worktrees).filter((line) => line.startsWith('worktree ')).length,
    ...(operation ? { operation } : {}),
    config: digest(config),
    hooks: digest(hooks),
  }
}

function readRef(line: string): [string, string] {
  const [oid = '', name = ''] = line.split(' ')
  return [Buffer.from(name, 'latin1').toString('utf8'), oid]
}

async function hooksOf({ commonDir }: Repository): Promise<string> {
  const names = await readdir(join(commonDir, 'hooks')).catch(() => [])
  const live = names.filter((name) => !name.endsWith('.sample')).sort()
  const contents = live.map((name) => readFile(join(commonDir, 'hooks', name), 'latin1').catch(() => ''))
  return JSON.stringify([live, await Promise.all(contents)])
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split('\n')
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 32)
}
