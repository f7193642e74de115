import { expect, test } from 'vitest'
import { ownCeiling } from '../../src/claude/process/brand.ts'
import { aHome, baton, REHEARSED, tasks } from './program.ts'

test.runIf(ownCeiling() !== undefined)('lane_limits.memory holds each process that a task starts', async () => {
  const home = aHome({
    'config.yaml': `${REHEARSED}lane_limits: {memory: 2g}\n`,
    'today.md': tasks('bash grep "Max data size" /proc/self/limits > limits.txt'),
  })
  expect(await baton(home, ['tasks', 'today.md', '--auto-approve'])).toMatchObject({ exitCode: 0 })
  expect(home.read('limits.txt')).toMatch(/Max data size +2147483648 +2147483648/)
})

test('Claude is not given less memory than it needs to start', async () => {
  const home = aHome({ 'config.yaml': `${REHEARSED}lane_limits: {memory: 700m}\n`, 'today.md': tasks('say hello') })
  const { exitCode, stderr } = await baton(home, ['tasks', 'today.md'])
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/config\.yaml:\d+:\d+: .*lane_limits\.memory.*1g or more/)
})
