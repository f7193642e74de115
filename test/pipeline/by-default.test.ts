import { afterEach, expect, it, vi } from 'vitest'
import { createStage, QA, type Stage } from './stage.ts'

// Real git and real processes, on a machine that may be busy; only what repeats is told the time by the test.
vi.setConfig({ testTimeout: 300_000 })

let stage: Stage
afterEach(async () => {
  vi.useRealTimers()
  await stage?.close()
})

const SHIP = `---
on: {push: [main]}
---
## Ship
**Deploy:** qa
`

it('the remote is compared once a minute where nothing else is said, and that alone starts a pipeline', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  stage = await createStage(QA, { 'ship.md': SHIP })
  const running = await stage.open()
  const heads = () => running.app.store.read.meta<Record<string, string>>('pipelines:heads:pipelines')?.main
  await running.until('the first look', heads)
  const sha = stage.push('main', { 'a.txt': 'a' })
  await vi.advanceTimersByTimeAsync(59_000)
  expect(heads()).not.toBe(sha)
  await vi.advanceTimersByTimeAsync(1_000)
  await running.until('the push is seen', () => heads() === sha)
  await running.until('its step begins', () => running.tasks().some(({ spec }) => spec.deploy === 'qa'))
  await running.until('it is live', () => running.environment('qa')?.runs?.sha === sha)
})
