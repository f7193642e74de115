import { actorText } from '../../core/actors.ts'
import { eachInTurn } from '../../core/each-in-turn.ts'
import { isOver } from '../../core/status.ts'
import type { Ask } from '../../core/types.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { isTrouble } from '../../github/errors.ts'
import { mayWrite } from '../../github/may.ts'
import { say } from '../../github/say.ts'
import { asRead } from '../../github/text/as-read.ts'
import { asData } from '../../text/as-data.ts'
import { whyItWaits } from '../why-it-waits.ts'
import { isOpen } from './blockers.ts'
import type { IssuePorts } from './ports.ts'
import type { IssueRecord, Person } from './record.ts'
import { hashOf, type Issue, isLabel, labelsOf } from './snapshot.ts'
import { actorOf, statusKey, type TakeUp } from './take-up.ts'
import { askText, statusText } from './texts.ts'

const CLOSED = 'the issue was closed'
const DELETED = 'the issue was deleted'
const TRANSFERRED = 'the issue was transferred'
const EDITED =
  'The issue was edited while you work. This is what it says now, as data as before; where it wants something else, do that instead.'
const ISSUE = 'GET /repos/{owner}/{repo}/issues/{issue_number}' as const

/**
 * Follows what was taken up until it is over: what happens to the issue reaches its task, and what happens to the task reaches the
 * issue. Everything that is said follows from what is stored, so that the same again changes nothing.
 */
export function createAttend(ports: IssuePorts, takeUp: TakeUp) {
  const { github, records, config, queue, api } = ports

  return {
    /** Every issue that is not over, once; throws the first trouble after the others had their turn. */
    async also(): Promise<void> {
      await eachInTurn(records.all(), ({ number, record }) => {
        if (record.stage === 'over') return undefined
        return record.stage === 'blocked' ? unblock(number, record) : attend(number)
      })
    },
  }

  async function unblock(number: number, record: IssueRecord): Promise<void> {
    const why = await whyNotWanted(number)
    if (why !== undefined) {
      records.change(number, { stage: 'over', endedBecause: why })
      if (why !== DELETED && why !== TRANSFERRED) await sayStatus(number)
      return
    }
    for (const blocker of record.blockers ?? []) if (await isOpen(github, blocker)) return
    await takeUp.begin(await github.read(ISSUE, { issue_number: number }), record)
  }

  /** Why an issue that waits is not to be worked on any more; free while nothing changes. */
  async function whyNotWanted(number: number): Promise<string | undefined> {
    const came = await there(number, 'does it still wait?')
    if (typeof came === 'string') return came
    if (!came) return undefined
    if (came.data.state !== 'open') return CLOSED
    if (!labelsOf(came.data).some((name) => isLabel(name, config.label))) return 'the label was taken off'
    came.keep()
    return undefined
  }

  async function attend(number: number): Promise<void> {
    // A kill may have come before it was queued, or before that was shown.
    await takeUp.start(number)
    // A token that may not write comments keeps nobody from closing the issue.
    await eachInTurn([takeUp.announce, lookAtIssue, show], (step) => step(number))
  }

  /** What people did to the issue meanwhile. */
  async function lookAtIssue(number: number): Promise<void> {
    const record = records.get(number)
    if (!record?.snapshot || record.endedBecause !== undefined) return
    const task = taskOf(record)
    if (!task || isOver(task.status)) return
    const came = await there(number, 'was it changed?')
    if (typeof came === 'string') return end(number, came)
    if (!came) return
    const issue = came.data
    if (issue.state === 'closed') await end(number, CLOSED)
    else if (hashOf(issue) !== record.snapshot.hash) await edited(number, issue, record)
    came.keep()
  }

  /** The text is not the one that was taken up. */
  async function edited(number: number, issue: Issue, record: IssueRecord): Promise<void> {
    const approval = api.view.asksOfRun(record.runId ?? '').find((ask) => isOpenApproval(ask))
    if (!record.snapshot?.outsider || !approval) return passOn(number, issue, record)
    // What was to be approved is not there any more: somebody has to approve the new text instead.
    await skip(number, record, 'the issue was edited; its new text needs an approval')
    await show(number)
    await takeUp.begin(issue, {
      stage: 'open',
      take: record.take,
      labelEvent: record.labelEvent,
      by: record.by,
      isAnnounced: true,
    })
  }

  /**
   * Only its author and people with write access can edit an issue: where the author has it, so had whoever did, and Claude gets
   * the new text. What an outsider makes of their own text later is nobody's wish.
   */
  async function passOn(number: number, issue: Issue, { snapshot, runId, by, toldEdit }: IssueRecord): Promise<void> {
    const hash = hashOf(issue)
    const may = snapshot?.outsider === false && toldEdit !== hash ? await mayWrite(github, issue.user) : 'no'
    const isTold =
      may === 'yes' && runId !== undefined && (await tell(issue, { runId, by, fence: snapshot?.fence ?? '' }, hash))
    records.change(number, { isEdited: true, ...(isTold && { toldEdit: hash }) })
  }

  async function tell(
    { number, title, body }: Issue,
    { runId, by, fence }: { runId: string; by: Person; fence: string },
    hash: string,
  ): Promise<boolean> {
    const text = `${EDITED}\n\n${asData(`issue ${number}, as it is now`, `${title}\n\n${asRead(body ?? '')}`.trim(), fence)}`
    const key = `github:${config.repo}#${number}:${runId}:edit:${hash}`
    return (await api.submit({ type: 'say', task: 1, runId, text }, actorOf(by), { queue, key })).ok
  }

  async function end(number: number, why: string): Promise<void> {
    const record = records.get(number) as IssueRecord
    if (!(await skip(number, record, why))) return
    records.change(number, { endedBecause: why })
  }

  /** False where it is too late: it is done, or about to land. */
  async function skip(number: number, record: IssueRecord, why: string): Promise<boolean> {
    const { runId, by } = record
    if (runId === undefined) return true
    const reply = await api.submit({ type: 'skip', task: 1, runId, why }, actorOf(by), {
      key: `github:${config.repo}#${number}:${runId}:skip`,
      queue,
    })
    return reply.ok
  }

  /** What became of its task, and what is asked. */
  async function show(number: number): Promise<void> {
    const record = records.get(number)
    if (!record) return
    const isGone = record.endedBecause === DELETED || record.endedBecause === TRANSFERRED
    const task = taskOf(record)
    const asks = asksOf(record)
    try {
      if (!isGone) {
        await sayStatus(number)
        for (const ask of asks) await sayAsk(number, record, ask)
        if (task?.status === 'failed') await sayFailure(number, record)
      }
    } catch (error) {
      if (!isTrouble(error, 'missing', 'moved')) throw error
    }
    if ((task && isOver(task.status)) || (record.endedBecause !== undefined && !task))
      records.change(number, { stage: 'over' })
  }

  async function sayStatus(number: number): Promise<void> {
    const record = records.get(number) as IssueRecord
    const task = taskOf(record)
    const waits = task && whyItWaits(task, { ...api.view.status(queue), asks: asksOf(record), now: ports.now() })
    const body = statusText(record, {
      ...{ task, label: config.label, redact: ports.redact },
      ...(waits !== undefined && { waits }),
    })
    await say(ports, { issue: number, key: statusKey(number, record), body })
  }

  async function sayAsk(number: number, record: IssueRecord, ask: Ask): Promise<void> {
    const key = `ask/${ask.id}`
    // What was over before anybody heard of it is not told.
    if (ask.state !== 'open' && !ports.state.writes.get(`comment:${number}:${key}`)) return
    const decidedBy = ask.answer && actorText(ask.answer.by)
    const body = askText(ask, {
      ...{ isOutsiders: record.snapshot?.outsider === true, isPhoneOnly: ports.isPhoneOnly },
      ...{ redact: ports.redact, decidedBy },
    })
    await say(ports, { issue: number, key, body })
  }

  /** An edited comment reaches nobody: a failure gets one of its own. */
  async function sayFailure(number: number, record: IssueRecord): Promise<void> {
    const body = 'This failed; the comment above says how.'
    await say(ports, { issue: number, key: `failed/${record.runId}`, body })
  }

  /** An issue where it changed since it was looked at for this reason, or what became of it. */
  async function there(
    number: number,
    reason: string,
  ): Promise<{ data: Issue; keep: () => void } | undefined | typeof DELETED | typeof TRANSFERRED> {
    try {
      return await github.look(ISSUE, { issue_number: number }, reason)
    } catch (error) {
      if (!isTrouble(error, 'missing', 'moved')) throw error
      // A token that may not look any more says the same of every issue.
      await github.read('GET /repos/{owner}/{repo}', {})
      return error.kind === 'moved' ? TRANSFERRED : DELETED
    }
  }

  function asksOf({ runId }: IssueRecord): Ask[] {
    return runId === undefined ? [] : api.view.asksOfRun(runId)
  }

  function taskOf({ runId }: IssueRecord): TaskView | undefined {
    return runId === undefined ? undefined : api.view.tasks(runId)[0]
  }
}

const isOpenApproval = ({ state, kind }: Ask): boolean => state === 'open' && kind === 'approval'
