import { eachInTurn } from '../../core/each-in-turn.ts'
import { isOver } from '../../core/status.ts'
import type { Actor } from '../../core/types.ts'
import { isPassing, isTrouble } from '../../github/errors.ts'
import { mayWrite } from '../../github/may.ts'
import type { ListedIssue } from '../../github/rounds.ts'
import { say } from '../../github/say.ts'
import { harmlessLine } from '../../github/text/harmless.ts'
import { openBlockers } from './blockers.ts'
import type { IssuePorts } from './ports.ts'
import type { IssueRecord, Person } from './record.ts'
import { type Issue, isLabel, takeSnapshot } from './snapshot.ts'
import { statusText } from './texts.ts'

/** Somebody put the label on. */
interface Labelled {
  event: string
  by: Person
}

/** What happens to issues with the label: each is taken up once for each time that somebody who may puts it on. */
export interface TakeUp {
  /** Looks at what the poll gave; throws where something must be looked at again. */
  issues: (issues: ListedIssue[]) => Promise<void>
  /** Takes up an issue as it is now, for a label that was seen before. */
  begin: (issue: Issue, record: IssueRecord) => Promise<void>
  /** Queues what was taken up and is not there yet. */
  start: (number: number) => Promise<void>
  /** Shows that an issue was taken up: a reaction, a comment, and the label taken off. */
  announce: (number: number) => Promise<void>
}

export function createTakeUp(ports: IssuePorts): TakeUp {
  const { github, state, records, config, queue, api } = ports
  const noted = new Map<number, string>()

  /** It comes again in every round, until somebody does something about it. */
  function noteOnce(number: number, words: string): void {
    if (noted.get(number) !== words) ports.note(`#${number} ${words}`)
    noted.set(number, words)
  }

  async function takeUp(issue: ListedIssue): Promise<void> {
    const { number } = issue
    // One that was judged is not judged again before it changes.
    const looked = `looked:${number}`
    const version = `${issue.updated_at}`
    if (state.notes.get(looked) === version) return
    const label = await latestLabel(number)
    if (!label) return
    const known = records.get(number)
    if (known?.labelEvent === label.event && known.stage !== 'blocked') return
    const may = await mayAsk(label)
    if (may === 'no') {
      state.notes.set(looked, version)
      if (!state.seen.has('label-refused', label.event))
        ports.note(`#${number} was labeled by ${label.by.login}, who has no write access, so nothing was started.`)
      state.seen.add('label-refused', label.event)
      return
    }
    if (known?.stage === 'open' && !hasEnded(known)) return again(number, known, label)
    const record: IssueRecord = { stage: 'open', take: (known?.take ?? 0) + 1, labelEvent: label.event, by: label.by }
    if (known?.labelEvent === label.event) record.take = known.take
    if (known?.pull && (await isPullOpen(known.pull.number))) return refuse(number, known, label)
    await begin(await read(number), record)
  }

  /** Its end may not have been shown on the issue yet. */
  function hasEnded({ runId }: IssueRecord): boolean {
    const [task] = runId === undefined ? [] : api.view.tasks(runId)
    return task !== undefined && isOver(task.status)
  }

  async function mayAsk({ by }: Labelled): Promise<'yes' | 'no'> {
    if (/\[bot\]$/.test(by.login)) return config.bots.includes(by.login) ? 'yes' : 'no'
    return mayWrite(github, { id: BigInt(by.id), login: by.login })
  }

  /** Who put the label on last, and by which event: only the history says. */
  async function latestLabel(number: number): Promise<Labelled | undefined> {
    const events = await github.all('GET /repos/{owner}/{repo}/issues/{issue_number}/events', { issue_number: number })
    const isOurs = ({ event, label }: { event: string; label?: { name?: string | null } }) =>
      event === 'labeled' && isLabel(label?.name ?? '', config.label)
    const last = events.filter((one) => isOurs(one as never)).at(-1)
    if (!last?.actor) return undefined
    return { event: String(last.id), by: { id: String(last.actor.id), login: last.actor.login } }
  }

  const read = (number: number): Promise<Issue> =>
    github.read('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number })

  async function isPullOpen(number: number): Promise<boolean> {
    const { state } = await github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number })
    return state === 'open'
  }

  /** The label came back while it is worked on: a failure is retried, and anything else stays as it is. */
  async function again(number: number, known: IssueRecord, label: Labelled): Promise<void> {
    const ask = api.view.asksOfRun(known.runId ?? '').find((one) => one.state === 'open' && one.kind === 'failure')
    const target = ask && { askId: ask.id, hash: ask.hash }
    const reply = target
      ? await api.submit({ type: 'answer', target, choice: 'retry' }, actorOf(label.by), {
          key: `github:${config.repo}#${number}:${label.event}`,
          queue,
        })
      : { ok: false, text: 'Baton is working on this already.' }
    const words = reply.ok ? 'The new label means: try again.' : harmlessLine(ports.redact(reply.text))
    await say(ports, { issue: number, key: `label/${label.event}`, body: words })
    await takeLabelOff(number)
    records.change(number, { labelEvent: label.event })
  }

  /** Two pull requests for one issue help nobody. */
  async function refuse(number: number, known: IssueRecord, label: Labelled): Promise<void> {
    const words = `There is an open pull request for this: #${known.pull?.number}. Close it, then put the label \`${config.label}\` on again to start over.`
    await say(ports, { issue: number, key: `label/${label.event}`, body: words })
    await takeLabelOff(number)
    records.change(number, { labelEvent: label.event })
  }

  async function begin(issue: Issue, record: IssueRecord): Promise<void> {
    const { number } = issue
    const snapshot = await takeSnapshot(github, issue, config.label)
    const blockers = await openBlockers(github, number, snapshot.body)
    if (blockers.length > 0) {
      const blocked: IssueRecord = { ...record, stage: 'blocked', blockers, snapshot }
      records.set(number, blocked)
      await say(ports, { issue: number, key: statusKey(number, record), body: textOf(blocked) })
      return
    }
    const suffix = record.take > 1 ? `-${record.take}` : ''
    const runId = ports.newRunId()
    const { blockers: _, ...rest } = record
    // Everything that decides what is done is stored before anything is done.
    records.set(number, {
      ...rest,
      stage: 'open',
      snapshot,
      runId,
      branch: `${config.branch.replaceAll('{number}', String(number))}${suffix}`,
    })
    await start(number)
    await announce(number)
  }

  async function start(number: number): Promise<void> {
    const record = records.get(number)
    const runId = record?.runId
    if (!record || runId === undefined || record.endedBecause !== undefined || api.view.run(runId)) return
    const reply = await api.submit(
      { type: 'start', from: { source: 'github', refs: [`#${number}`] }, runId },
      actorOf(record.by),
      { queue, key: `github:${config.repo}#${number}:${runId}` },
    )
    if (!reply.ok || !api.view.run(runId)) {
      const why = `it could not be started: ${harmlessLine(ports.redact(reply.text))}`
      records.change(number, { stage: 'over', endedBecause: why })
    }
  }

  async function announce(number: number): Promise<void> {
    const record = records.get(number)
    if (!record || record.isAnnounced) return
    // The same reaction twice is one, and nothing depends on it.
    await github
      .write('POST /repos/{owner}/{repo}/issues/{issue_number}/reactions', { issue_number: number, content: 'eyes' })
      .catch((error) => {
        if (!isTrouble(error, 'forbidden')) throw error
      })
    await say(ports, {
      issue: number,
      key: statusKey(number, record),
      body: textOf(records.get(number) as IssueRecord),
    })
    await takeLabelOff(number)
    records.change(number, { isAnnounced: true })
  }

  async function takeLabelOff(number: number): Promise<void> {
    await github
      .write('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', {
        issue_number: number,
        name: config.label,
      })
      .catch((error) => {
        if (!isTrouble(error, 'missing')) throw error
      })
  }

  const textOf = (record: IssueRecord): string =>
    statusText(record, {
      task: record.runId === undefined ? undefined : api.view.tasks(record.runId)[0],
      label: config.label,
      redact: ports.redact,
    })

  return {
    begin,
    start,
    announce,
    async issues(issues) {
      // The oldest first: who waits longest is next. One issue keeps no other from being taken up.
      await eachInTurn(
        issues.toSorted((a, b) => a.number - b.number),
        (issue) =>
          takeUp(issue).catch((error) => {
            if (isTrouble(error, 'missing', 'moved')) return
            if (!isPassing(error)) noteOnce(issue.number, `could not be taken up: ${harmlessLine(String(error))}`)
            throw error
          }),
      )
    },
  }
}

export const statusKey = (number: number, { take }: Pick<IssueRecord, 'take'>): string => `issue/${number}/${take}`

export const actorOf = ({ id, login }: Person): Actor => ({ surface: 'github', id, name: login })
