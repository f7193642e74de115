import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRounds, type Watcher } from '../../src/github/rounds.ts'
import { clientOf, freshDatabase } from '../support/github/client.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import type { RepoHands } from '../support/github/world.ts'

let server: GitHubServer
let repo: RepoHands
let name = ''
let count = 0
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())
beforeEach(() => {
  server.faults.clear()
  server.requests.length = 0
  name = `acme/app${++count}`
  repo = server.repo(name, { people: { wendy: 'write' } })
})

function watching(more: Watcher = {}, db = freshDatabase()) {
  const token = server.token('acme')
  const { github, state } = clientOf(server, { repo: name, token, db })
  const came: string[] = []
  const watcher: Watcher = {
    issues: async (issues) => void came.push(`issues ${issues.map(({ number }) => number)}`),
    pulls: async (pulls) => void came.push(`pulls ${pulls.map(({ number }) => number)}`),
    comments: async (comments) => void came.push(...comments.map(({ body }) => `comment ${body}`)),
    ...more,
  }
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const ports = { github, state, label: 'ready', watchers: [watcher], pollMs: 60_000, now: server.world.now, onError }
  const rounds = createRounds(ports)
  const take = () => came.splice(0)
  return { rounds, take, errors, github, db, token }
}

describe('rounds', () => {
  test('bring what changed, and an issue that is a pull request as that', async () => {
    const { rounds, take } = watching()
    repo.open('wendy', { title: 'One', labels: ['ready'] })
    repo.open('wendy', { title: 'Two' })
    repo.git('branch', 'work', 'main')
    await rounds.once()
    expect(take()).toEqual(['issues 1', 'pulls '])
    await rounds.once()
    expect(take()).toEqual([])
    repo.comment(1, 'wendy', 'Hello')
    await rounds.once()
    expect(take()).toEqual(['issues 1', 'comment Hello'])
    const { id } = repo.comment(1, 'wendy', 'Again')
    await rounds.once()
    expect(take()).toEqual(['issues 1', 'comment Again'])
    repo.editComment(id, 'Edited')
    await rounds.once()
    expect(take()).toEqual(['comment Edited'])
  })

  test('ask nothing that counts while nothing changes', async () => {
    repo.open('wendy', { title: 'One', labels: ['ready'] })
    repo.comment(1, 'wendy', 'Hello')
    const { rounds } = watching()
    await rounds.once()
    await rounds.once()
    const before = server.requests.filter(({ counted }) => counted).length
    for (let minute = 0; minute < 60; minute++) await rounds.once()
    expect(server.requests.filter(({ counted }) => counted).length - before).toBe(0)
  })

  test('do not bring what was said before Baton was there', async () => {
    repo.open('wendy', { title: 'One' })
    repo.comment(1, 'wendy', '/merge')
    for (let n = 0; n < 10; n++) server.world.tick()
    const { rounds, take } = watching()
    await rounds.once()
    expect(take().filter((one) => one.startsWith('comment'))).toEqual([])
  })

  test('bring the same again to a watcher that could not deal with it, and after a kill', async () => {
    let isBroken = true
    const seen: number[] = []
    const watcher: Watcher = {
      issues: async (issues) => {
        if (isBroken) throw new Error('not now')
        seen.push(...issues.map(({ number }) => number))
      },
    }
    const { rounds, db } = watching(watcher)
    repo.open('wendy', { title: 'One', labels: ['ready'] })
    await expect(rounds.once()).rejects.toThrow('not now')
    isBroken = false
    await watching(watcher, db).rounds.once()
    expect(seen).toEqual([1])
  })

  test('go on after trouble, and hold still under a limit', async () => {
    const { rounds, take } = watching()
    repo.open('wendy', { title: 'One', labels: ['ready'] })
    server.faults.add(/issues$/, { kind: 'status', code: 502 })
    await expect(rounds.once()).rejects.toMatchObject({ kind: 'failed' })
    // The other polls were made all the same.
    expect(take()).toEqual(['pulls '])
    server.faults.add(/./, { kind: 'secondary', retryAfterS: 30 })
    await expect(rounds.once()).rejects.toMatchObject({ kind: 'limited' })
    const sent = server.requests.length
    rounds.hint()
    await expect(rounds.once()).rejects.toMatchObject({ kind: 'limited' })
    expect(server.requests).toHaveLength(sent)
    for (let n = 0; n < 31; n++) server.world.tick()
    await rounds.once()
    expect(take()).toEqual(['issues 1'])
  })

  test('a hint makes the next one soon, however many there are', async () => {
    let rounds = 0
    let looked: (() => void) | undefined
    const { rounds: running } = watching({
      also: async () => {
        rounds++
        looked?.()
      },
    })
    const next = () =>
      new Promise<void>((resolve) => {
        looked = resolve
      })
    const first = next()
    running.start()
    await first
    const second = next()
    running.hint()
    running.hint()
    running.hint()
    await second
    await running.stop()
    expect(rounds).toBeLessThanOrEqual(3)
  })
})
