import { eachInTurn } from '../../core/each-in-turn.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import { locate } from '../../git/repository.ts'
import { keepCommit } from '../../git/worktree/branches.ts'
import { mergeTree } from '../../git/worktree/combine.ts'
import type { GitHub } from '../client.ts'
import { mayWrite } from '../may.ts'
import type { MendEnd, Mending } from '../own-pulls.ts'
import { committedText, fetchPull } from '../pull-tree.ts'
import type { GitRemote } from '../remote.ts'
import { say } from '../say.ts'
import type { GitHubState } from '../state.ts'
import { harmless } from '../text/harmless.ts'
import { canSolve } from './merges.ts'
import * as words from './words.ts'

/** A conflict that somebody with write access wants to have solved. */
interface Solve {
  /** The comment that asked; what is said about it is kept by this. */
  comment: number
  /** What it was written for. */
  head: string
  /** The work that was started. */
  mending?: Mending
  state: 'waiting' | 'over'
}

export interface SolvePorts {
  github: GitHub
  state: GitHubState
  remote: GitRemote
  /** The project's folder, a clone of the repository. */
  folder: string
  /** Issues that Baton worked on in a pull request; none: it is somebody else's. */
  issuesOf: (number: number) => number[]
  mend: (mending: Mending) => Promise<MendEnd>
  /** The word that merges. */
  command: string
  redact: (text: string) => string
}

/** Has conflicts of pull requests with their base solved in a lane, where somebody asks for it. */
export interface Solves {
  request: (number: number, given: Pick<Solve, 'comment' | 'head'>) => void
  also: () => Promise<void>
}

export function createSolves(ports: SolvePorts): Solves {
  const { github, state, redact } = ports

  const keep = (number: number, solve: Solve) =>
    state.transaction(() => state.pulls.set(number, { ...state.pulls.get<object>(number), solve }))

  async function advance(number: number, solve: Solve): Promise<void> {
    const tell = (body: string) =>
      say(
        { github, state },
        { issue: number, key: `resolve:${solve.comment}`, body: words.callingIt(body, ports.command) },
      )
    const end = async (body: string) => {
      await tell(body)
      // Asked for again meanwhile, that one has its own turn.
      const now = state.pulls.get<{ solve?: Solve }>(number)?.solve
      if (now?.comment === solve.comment) keep(number, { ...solve, state: 'over' })
    }
    const mending = solve.mending ?? (await begin(number, solve))
    if ('words' in mending) return end(mending.words)
    if (!solve.mending) keep(number, { ...solve, mending })
    const base = mending.merge?.branch ?? ''
    const came = await ports.mend(mending)
    if (came.is === 'done') return end(words.solved(base))
    if (came.is === 'failed')
      return end(words.notSolved(harmless(redact(came.words), { max: 2_000 }) || 'Claude did not finish it.'))
    await tell(words.solving(base))
  }

  async function begin(number: number, { head, comment: asked }: Solve): Promise<Mending | { words: string }> {
    const pull = await github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
    if (pull.state !== 'open') return { words: words.notSolved('the pull request is closed.') }
    if (pull.head.sha !== head)
      return {
        words: words.notSolved('somebody has pushed to it since. Comment `/resolve` again for the new commits.'),
      }
    if (!canSolve(pull)) return { words: words.notSolved('its branch is in a fork.') }
    const foreign = ports.issuesOf(number).length === 0
    const may = foreign ? await mayWrite(github, pull.user) : 'yes'
    if (may === 'no')
      return { words: words.notSolved('its author has no write access, and its files would be worked on here.') }
    const located = await locate(ports.folder)
    if ('reason' in located) throw new Error(located.reason)
    const { repository } = located
    const commits = await fetchPull(repository, ports.remote, { number, base: pull.base.ref })
    if (!commits) return { words: words.GONE.replace('Not merged', 'Not brought up to date') }
    if (commits.head !== head) throw new Error(`Pull request #${number} is being pushed to right now.`)
    const combined = await mergeTree(repository, commits.head, commits.base)
    if (!('conflicts' in combined)) return { words: words.nothingToSolve(pull.base.ref) }
    const marked = await makeCommit(repository, {
      tree: combined.marked,
      parents: [commits.head, commits.base],
      message: `Both sides of #${number}, not solved yet\n`,
    })
    await keepCommit(repository, `refs/baton/github/${number}/conflict`, marked)
    const rules = foreign ? await committedText(repository, commits.base, 'CLAUDE.md') : undefined
    return {
      ...{ number, head, branch: pull.head.ref },
      merge: { branch: pull.base.ref, base: commits.base, marked, asked, foreign },
      said: [
        {
          about: `What git says of putting ${pull.head.ref} and ${pull.base.ref} together`,
          text: redact(combined.text),
        },
        ...(rules === undefined ? [] : [{ about: 'CLAUDE.md of the base branch', text: redact(rules) }]),
      ],
    }
  }

  return {
    request: (number, given) => keep(number, { ...given, state: 'waiting' }),
    async also() {
      await eachInTurn(state.pulls.all<{ solve?: Solve }>(), async ({ number, value: { solve } }) => {
        if (solve?.state === 'waiting') await advance(number, solve)
      })
    },
  }
}
