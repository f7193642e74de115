import { eachInTurn } from '../core/each-in-turn.ts'
import type { GitHub } from './client.ts'
import { isTrouble } from './errors.ts'
import { mayWrite } from './may.ts'
import type { Merges } from './merge/merges.ts'
import type { Solves } from './merge/solves.ts'
import { callingIt, unseen } from './merge/words.ts'
import type { Reviews } from './review/reviews.ts'
import type { ListedComment, ListedPull, Watcher } from './rounds.ts'
import { isOwnComment, say } from './say.ts'
import type { GitHubState } from './state.ts'
import { wholeCommand } from './text/command.ts'

export interface PullCommandPorts {
  github: GitHub
  state: GitHubState
  /** The word that merges. */
  merge: string
  /** Bots that may ask for something. */
  bots: readonly string[]
  reviews: Pick<Reviews, 'request'>
  merges: Pick<Merges, 'request'>
  solves: Pick<Solves, 'request'>
}

/** A head, and when GitHub said of the pull request that it was changed last. */
interface SeenHead {
  sha: string
  at: string
}

const REVIEW = '/review'
/** Has its conflict with the base solved. */
const SOLVE = '/resolve'
const MOST_HEADS = 20

/** Reads the comments on pull requests that are commands, and who may give them. */
export function createPullCommands(ports: PullCommandPorts): Watcher {
  const { github, state, bots } = ports
  const words = [ports.merge, REVIEW, SOLVE]

  const headsOf = (number: number) => state.pulls.get<{ heads?: SeenHead[] }>(number)?.heads ?? []

  async function obey(comment: ListedComment): Promise<void> {
    const word = wholeCommand(comment as Parameters<typeof wholeCommand>[0], words, bots)
    const id = Number(comment.id)
    if (word === undefined || state.seen.has('command', id)) return
    if (await isOwnComment(github, comment)) return
    const number = Number(/\/(\d+)$/.exec(comment.issue_url)?.[1])
    const pull = await github
      .read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
      .catch((error) => {
        // On an issue it means nothing.
        if (isTrouble(error, 'missing', 'moved')) return undefined
        throw error
      })
    if (!pull) return state.seen.add('command', id)
    const may = await mayWrite(github, comment.user)
    if (may === 'no') {
      await react(id, 'confused')
      return state.seen.add('command', id)
    }
    const head = pull.head.sha
    if (word === REVIEW) {
      ports.reviews.request(number, head)
      state.seen.add('command', id)
      return react(id, 'eyes')
    }
    if (word === SOLVE) {
      state.transaction(() => {
        ports.solves.request(number, { comment: id, head })
        state.seen.add('command', id)
      })
      return react(id, 'eyes')
    }
    // It was there before the comment by GitHub's own clock, and is there now: that is what was meant.
    const isMeant = headsOf(number).some(
      ({ sha, at }) => sha === head && Date.parse(at) < Date.parse(comment.created_at),
    )
    if (isMeant) {
      const by = comment.user?.login ?? 'somebody'
      state.transaction(() => {
        ports.merges.request(number, { comment: id, by, head })
        state.seen.add('command', id)
      })
      return react(id, 'eyes')
    }
    await say({ github, state }, { issue: number, key: `merge:${id}`, body: callingIt(unseen(head), ports.merge) })
    state.seen.add('command', id)
  }

  /** A receipt; nothing depends on it. */
  async function react(id: number, content: 'eyes' | 'confused'): Promise<void> {
    const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions' as const
    await github.write(route, { comment_id: id, content }).catch((error) => {
      if (!isTrouble(error)) throw error
    })
  }

  return {
    async pulls(listed: ListedPull[]) {
      for (const { number, head, updated_at: at } of listed) {
        const heads = headsOf(number)
        if (heads.at(-1)?.sha === head.sha) continue
        const all = [...heads.filter(({ sha }) => sha !== head.sha), { sha: head.sha, at }].slice(-MOST_HEADS)
        state.transaction(() => state.pulls.set(number, { ...state.pulls.get<object>(number), heads: all }))
      }
    },
    async comments(listed: ListedComment[]) {
      await eachInTurn(listed, obey)
    },
  }
}
