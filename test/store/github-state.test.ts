import { expect, test } from 'vitest'
import { createGitHubState, rememberDelivery } from '../../src/store/github-state.ts'
import { freshDatabase } from '../support/github/client.ts'

test('what is kept of a repository is its own, and outlives a restart', () => {
  const db = freshDatabase()
  const [app, other] = ['acme/app', 'acme/other'].map((repo) => createGitHubState(db, repo, () => 5)) as [
    ReturnType<typeof createGitHubState>,
    ReturnType<typeof createGitHubState>,
  ]
  app.etags.set('u', 'W/1')
  app.etags.set('u', 'W/2')
  app.seen.add('comment', 7)
  app.seen.add('comment', '7')
  app.issues.set(3, { taskId: 'a' })
  app.issues.set(3, { taskId: 'b' })
  app.pulls.set(3, { head: 'x' })
  app.notes.set('newest', 'today')
  app.writes.begin('comment:1')
  const again = createGitHubState(db, 'acme/app', () => 5)
  expect(again.etags.get('u')).toBe('W/2')
  expect(again.seen.has('comment', 7)).toBe(true)
  expect(again.seen.has('label', 7)).toBe(false)
  expect(again.issues.all()).toEqual([{ number: 3, value: { taskId: 'b' } }])
  expect(again.pulls.get(3)).toEqual({ head: 'x' })
  expect(again.notes.get('newest')).toBe('today')
  expect(again.writes.get('comment:1')).toEqual({ done: false, result: undefined })
  again.writes.done('comment:1', { id: 9 })
  expect(app.writes.get('comment:1')).toEqual({ done: true, result: { id: 9 } })
  app.writes.forget('comment:1')
  expect(app.writes.get('comment:1')).toBeUndefined()
  expect([other.etags.get('u'), other.seen.has('comment', 7), other.issues.all()]).toEqual([undefined, false, []])
  expect(other.notes.get('newest')).toBeUndefined()
})

test('nothing is kept of what was not stored as a whole', () => {
  const state = createGitHubState(freshDatabase(), 'acme/app', () => 5)
  expect(() =>
    state.transaction(() => {
      state.seen.add('comment', 1)
      throw new Error('cut')
    }),
  ).toThrow('cut')
  expect(state.seen.has('comment', 1)).toBe(false)
})

test('a delivery counts once: by its id, and by its body under any other id', () => {
  const db = freshDatabase()
  expect(rememberDelivery(db, { id: 'a', bodyHash: '1', at: 1 })).toBe(true)
  expect(rememberDelivery(db, { id: 'a', bodyHash: '2', at: 2 })).toBe(false)
  expect(rememberDelivery(db, { id: 'b', bodyHash: '1', at: 3 })).toBe(false)
  expect(rememberDelivery(db, { id: 'b', bodyHash: '2', at: 4 })).toBe(true)
  const old = 200 * 24 * 3_600_000
  expect(rememberDelivery(db, { id: 'c', bodyHash: '3', at: old })).toBe(true)
  expect(rememberDelivery(db, { id: 'a', bodyHash: '1', at: old })).toBe(true)
})
