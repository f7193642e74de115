import { expect, test } from 'vitest'
import { type KnownEnvironment, newEnvironment } from '../../src/core/deploy/deployment.ts'
import { LISTENS_ALONE, ListensElsewhere, type SourceLease } from '../../src/core/source-lease.ts'
import { createEnvironmentHandover } from '../../src/pipeline/handover.ts'
import { createMemory } from '../schedule/house.ts'

const SHA = '0123456789abcdef0123456789abcdef01234567'

/** One machine of two that have the environment qa; what it notes is what the other one finds. */
function machine(memory = createMemory()) {
  const known: { qa: KnownEnvironment } = { qa: newEnvironment('pipelines', 'qa') }
  let answer: 'told' | 'away' | 'lost' = 'told'
  const lease: SourceLease = {
    ...LISTENS_ALONE,
    isHeld: () => answer !== 'lost',
    holder: () => 'one',
    confirm: async () => {
      if (answer !== 'told') throw new ListensElsewhere(answer)
    },
  }
  const handover = createEnvironmentHandover({
    ...{ queue: 'pipelines', names: ['qa', 'production'], memory, now: () => 1_000 },
    known: (name) => (name === 'qa' ? known.qa : newEnvironment('pipelines', name)),
    lease: () => lease,
  })
  return {
    ...{ handover, memory, known },
    answers: (next: typeof answer) => {
      answer = next
    },
  }
}

test('what is known of an environment is known to the next machine, and what was under way there locks it', async () => {
  const one = machine()
  expect(machine(one.memory).handover.taken()).toEqual([])
  const frozen = { why: 'a look', by: { surface: 'baton' as const, id: 'a', name: 'Anna' }, at: 1 }
  one.known.qa = { ...one.known.qa, epoch: 3, frozen }
  one.handover.note()
  expect(machine(one.memory).handover.taken()).toEqual([one.known.qa, newEnvironment('pipelines', 'production')])
  expect(await one.handover.begins('qa', SHA)).toBe(true)
  const [qa] = machine(one.memory).handover.taken()
  const why = 'one was deploying 01234567 when it was gone, and nobody knows how far it came'
  expect(qa).toEqual({ ...one.known.qa, locked: { why, at: 1_000, deploymentId: '' } })
  // It has begun, and is over later.
  one.known.qa = { ...one.known.qa, holder: 'run-1-4' }
  one.handover.note()
  expect(machine(one.memory).handover.taken()[0]).toMatchObject({ frozen, locked: { deploymentId: 'run-1-4' } })
  expect(machine(one.memory).handover.taken()[0]).not.toHaveProperty('holder')
  const { holder: _, ...over } = one.known.qa
  one.known.qa = over
  one.handover.note()
  expect(machine(one.memory).handover.taken()[0]).toEqual(over)
})

test('nothing starts before the others know of it, nor after the right to it is lost', async () => {
  const one = machine()
  one.answers('away')
  const begins = one.handover.begins('qa', SHA)
  await new Promise((resolve) => setTimeout(resolve, 50))
  one.answers('told')
  expect(await begins).toBe(true)
  one.answers('lost')
  expect(await one.handover.begins('qa', SHA)).toBe(false)
})
