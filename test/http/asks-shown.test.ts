import { expect, test } from 'vitest'
import { shownAsks } from '../../src/http/asks-shown.ts'
import { sampleAsk, sampleTask } from '../support/samples.ts'

const SECRET = 'hunter2hunter2'
const redact = (<T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(SECRET, '[hidden]'))) as Parameters<
  typeof shownAsks
>[0]['redact']
const shown = (ask: Parameters<typeof sampleAsk>[0], task: Parameters<typeof sampleTask>[0]) =>
  shownAsks({ api: { view: { task: () => sampleTask(task) } as never }, redact }, [sampleAsk(ask)])[0]?.shown.words

test('Claude’s last words before a failure are Markdown, and the rest is shown as it is', () => {
  const lastWords = `I left **two** as they were, with **hunter2**hunter2.`
  const text = `npm test failed\n*1 failed*\n\nClaude’s last words:\n${lastWords}\n\nFailed once.`
  const words = shown({ kind: 'failure', text }, { lastWords })
  expect(words).toMatchObject({ before: 'npm test failed\n*1 failed*\n\nClaude’s last words:', after: 'Failed once.' })
  expect(JSON.stringify(words?.document)).toContain('{"kind":"bold","children":["two"]}')
  // A secret that marks take apart is hidden, too.
  expect(JSON.stringify(words)).not.toMatch(/hunter2/)
})

test('so is the result that somebody accepts, and nothing of an ask without such words', () => {
  const words = shown({ kind: 'review', text: 'Done.\n\n1 file changed' }, { result: 'Done.' })
  expect(words).toMatchObject({ before: '', after: '1 file changed' })
  expect(shown({ kind: 'approval', text: 'Done.' }, { result: 'Done.' })).toBeUndefined()
  expect(shown({ kind: 'failure', text: 'It failed.' }, {})).toBeUndefined()
})
