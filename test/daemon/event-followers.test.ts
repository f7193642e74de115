import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createFollowers } from '../../src/daemon/api/event-followers.ts'
import { openStore } from '../../src/store/store.ts'

function aStream() {
  const dir = mkdtempSync(join(tmpdir(), 'baton-follow-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const store = openStore(dir)
  const errors: unknown[] = []
  return { store, errors, followers: createFollowers(store.read, (error) => errors.push(error)) }
}

it('a follower gets each event once, from its own place, and a broken one does not keep the others', () => {
  const { store, errors, followers } = aStream()
  const heard: string[] = []
  followers.follow(() => {
    throw new Error('broken')
  })
  followers.follow(({ text }) => heard.push(text))
  for (const text of ['one', 'two']) store.note('main', text, 1)
  followers.notify()
  store.note('main', 'three', 1)
  followers.notify()
  expect(heard).toEqual(['one', 'two', 'three'])
  expect(errors).toHaveLength(3)
  followers.close()
  store.close()
})

it('nothing is read from a store that was closed: not by a late word, nor after a listener closed it', async () => {
  const { store, errors, followers } = aStream()
  const heard: string[] = []
  followers.follow(({ text }) => {
    heard.push(text)
    followers.close()
    store.close()
  })
  // As many as are read at once, so that it would look for more.
  store.transaction(() => {
    for (let i = 0; i < 500; i++)
      store.db.exec(`INSERT INTO events (at, type, queue, json) VALUES (1, 'note', 'main', '{"text": "${i}"}')`)
  })
  followers.notify()
  followers.notify()
  await new Promise((resolve) => setImmediate(resolve))
  expect([heard, errors]).toEqual([['0'], []])
})
