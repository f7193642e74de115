import { expect, test } from 'vitest'
import { createRemoteLooks } from '../../src/pipeline/remote-looks.ts'
import { type RemoteWatchPorts, watchRemote } from '../../src/pipeline/watch-remote.ts'

/** Pushes that are seen in memory; `fetch` may fail. */
function watching(more: Partial<RemoteWatchPorts> = {}) {
  const kept = new Map<string, unknown>()
  const started: string[] = []
  let runs = 0
  const watch = watchRemote({
    queue: 'main',
    memory: {
      get: <T>(key: string) => structuredClone(kept.get(key)) as T | undefined,
      set: (key, value) => void kept.set(key, value),
      transaction: (work) => work(),
    },
    pipelines: () => [{ file: 'ship.md', push: ['*'] }],
    heads: async () => new Map(),
    fetch: async () => true,
    start: async (_, { branch }) => void started.push(branch),
    newRunId: () => `run-${++runs}`,
    here: () => undefined,
    runState: () => undefined,
    note: () => undefined,
    ...more,
  })
  const looks = createRemoteLooks({ watch: () => watch, mayLook: () => true })
  const push = (branch: string) =>
    watch.seen({ branch, sha: 'a'.repeat(40), by: { surface: 'baton', id: '', name: '' } })
  return { watch, looks, started, push }
}

test('a push that a webhook has told of starts while the remote does not answer', async () => {
  let answer = () => {}
  const heads = new Promise<Map<string, string>>((resolve) => {
    answer = () => resolve(new Map())
  })
  let looked = 0
  const { looks, started, push } = watching({
    heads: () => {
      looked += 1
      return heads
    },
  })
  const first = looks.round()
  await expect.poll(() => looked).toBe(1)
  push('main')
  const second = looks.round()
  const third = looks.round()
  await expect.poll(() => started).toEqual(['main'])
  answer()
  await Promise.all([first, second, third])
  // Both that waited got the same look.
  expect(looked).toBe(2)
  await looks.idle()
})

test('one that cannot be fetched keeps no other waiting, and starts when it can', async () => {
  let isAway = true
  const { looks, started, push } = watching({
    fetch: async ({ branch }) => {
      if (branch === 'broken' && isAway) throw new Error('the remote hung up')
      return true
    },
  })
  for (const branch of ['broken', 'main']) push(branch)
  await expect(looks.round()).rejects.toThrow('hung up')
  expect(started).toEqual(['main'])
  isAway = false
  await looks.round()
  expect(started).toEqual(['main', 'broken'])
})

test('a remote that cannot be compared keeps nothing from starting', async () => {
  const { looks, started, push } = watching({
    heads: async () => {
      throw new Error('no route to host')
    },
  })
  push('main')
  await expect(looks.round()).rejects.toThrow('no route')
  expect(started).toEqual(['main'])
})
