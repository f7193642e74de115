import { expect, onTestFinished, test } from 'vitest'
import { type IssueRecord, recordsIn } from '../../../src/sources/github/record.ts'
import { takeOverIssues } from '../../../src/sources/github/take-over.ts'
import { createGitHubState } from '../../../src/store/github-state.ts'
import { openStore } from '../../../src/store/store.ts'
import { homeOfTest } from '../../support/home-of-test.ts'

test('what another machine began gets a run of this one, and what is a pull request by now is left', () => {
  const store = openStore(homeOfTest('').dir)
  onTestFinished(() => store.close())
  const state = createGitHubState(store.db, 'acme/app', Date.now)
  const records = recordsIn(state)
  const record = (number: number, more: Partial<IssueRecord>) =>
    records.set(number, { stage: 'open', take: 1, labelEvent: 'e', by: { id: '1', login: 'wendy' }, ...more })
  record(1, { runId: 'there' })
  record(2, { runId: 'here' })
  record(3, { runId: 'lost' })
  record(4, { runId: 'there', pull: { number: 9, url: 'u' } })
  record(5, { runId: 'there', isDone: true })
  record(6, { runId: 'there', stage: 'over' })
  record(7, { stage: 'blocked' })
  for (const name of ['mending:mend/9/a', 'decision:decide/9/a', 'decision:decide/9/b'])
    state.notes.set(name, { runId: name.endsWith('b') ? 'here' : 'there', title: name })
  state.notes.set('mended:9', 'there')
  state.pulls.set(9, { merge: { state: 'waiting' }, own: { head: 'a', checkedHead: 'a', sentBack: 1 } })
  let made = 0
  const status = { here: 'waiting', lost: 'stopped' } as Record<string, string>
  const view = { run: (id: string) => status[id] && { status: status[id] } }
  takeOverIssues({ records, state, api: { view } as never, newRunId: () => `new-${++made}` })
  expect(records.all().map(({ record: { runId, endedBecause } }) => endedBecause ?? runId)).toEqual([
    'new-1',
    'here',
    'new-2',
    'the machine that worked on this is gone, and its work is in pull request #9',
    'the machine that worked on this is gone, and its work is done',
    'there',
    undefined,
  ])
  const notes = ['mending:mend/9/a', 'decision:decide/9/a', 'decision:decide/9/b'].map((name) => state.notes.get(name))
  expect(notes).toMatchObject([{ runId: 'new-3', title: 'mending:mend/9/a' }, { runId: 'new-4' }, { runId: 'here' }])
  expect(state.notes.get('mended:9')).toBe('there')
  // Its checks are looked at once more; everything else stays.
  expect(state.pulls.get(9)).toEqual({ merge: { state: 'waiting' }, own: { head: 'a', sentBack: 1 } })
})
