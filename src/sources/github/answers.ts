import type { Command } from '../../core/commands/commands.ts'
import { eachInTurn } from '../../core/each-in-turn.ts'
import type { Ask } from '../../core/types.ts'
import { isPassing } from '../../github/errors.ts'
import { mayWrite } from '../../github/may.ts'
import type { ListedComment } from '../../github/rounds.ts'
import { isOwnComment } from '../../github/say.ts'
import { answerIn } from '../../github/text/answer.ts'
import type { IssuePorts } from './ports.ts'
import type { IssueRecord, Person } from './record.ts'
import { hashOf } from './snapshot.ts'
import { actorOf } from './take-up.ts'
import { answersTo } from './texts.ts'

/**
 * Answers that people with write access give by a comment: the whole comment, unedited, for the ask that was put to the issue before
 * it was written.
 */
export function createAnswers(ports: IssuePorts) {
  const { github, state, records, config, queue, api } = ports

  return {
    async comments(comments: ListedComment[]): Promise<void> {
      await eachInTurn(comments, one)
    },
  }

  async function one(comment: ListedComment): Promise<void> {
    const number = Number(/\/issues\/(\d+)$/.exec(comment.issue_url)?.[1])
    const record = records.get(number)
    if (!record?.runId || record.stage !== 'open' || state.seen.has('answer', String(comment.id))) return
    const said = answerIn(comment, config.bots)
    if (!said || (await isOwnComment(github, comment))) return
    const ask = askedBefore(number, record, comment)
    if (!ask || !answersTo(ask).includes(`/${said.word}`)) return
    const may = await mayWrite(github, comment.user)
    // Its text may have changed since the ask was made: what is on the page is what was approved.
    const isSame = ask.kind !== 'approval' || (await isUnchanged(number, record))
    const isTaken = may === 'yes' && isSame
    const by: Person = { id: String(comment.user?.id), login: comment.user?.login ?? '' }
    const reply = isTaken
      ? await api.submit(commandOf(said, ask), actorOf(by), {
          key: `github:${config.repo}:comment:${comment.id}`,
          queue,
        })
      : { ok: false }
    state.seen.add('answer', String(comment.id))
    // A receipt that is lost is no reason to read the comment again.
    await github
      .write('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', {
        comment_id: Number(comment.id),
        content: reply.ok ? 'eyes' : 'confused',
      })
      .catch((error) => {
        if (!isPassing(error)) ports.note(`No receipt could be left on a comment of #${number}: ${String(error)}`)
      })
  }

  /** The open ask that stood on the issue when a comment was written; the latest where there are several. */
  function askedBefore(number: number, record: IssueRecord, comment: ListedComment): Ask | undefined {
    const open = api.view.asksOfRun(record.runId ?? '').filter((ask) => ask.state === 'open')
    return open.findLast((ask) => {
      const shown = state.writes.get(`comment:${number}:ask/${ask.id}`)?.result as { id: number } | undefined
      // Comments are numbered in the order they are made, and clocks are not needed.
      return shown !== undefined && BigInt(shown.id) < BigInt(comment.id)
    })
  }

  async function isUnchanged(number: number, record: IssueRecord): Promise<boolean> {
    const issue = await github.read('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number })
    return hashOf(issue) === record.snapshot?.hash
  }
}

function commandOf({ word, text }: { word: string; text: string }, ask: Ask): Command {
  const target = { askId: ask.id, hash: ask.hash }
  if (word === 'approve') return { type: 'approve', target }
  if (word === 'reject') return { type: 'reject', target, ...(text !== '' && { text }) }
  if (word === 'answer') return { type: 'words', target, text }
  return { type: 'answer', target, choice: word === 'retry' ? 'retry' : 'skip' }
}
