import { afterEach, describe, expect, it } from 'vitest'
import { createHome, type Home, type OpenHome } from '../support/home.ts'

let home: Home
let house: OpenHome | undefined
afterEach(async () => {
  await house?.runner.stop()
  house = undefined
  home.remove()
})

/** The branches there are after a task that makes one. */
async function branchesAfter(config: string): Promise<string[]> {
  home = createHome('## Task 1: Work\n**Claude Instruction:**\nrehearse: bash git branch x\n', `retries: 0\n${config}`)
  home.repository()
  house = await home.open()
  await house.start({ autoApprove: true, files: ['tasks/today.md'] })
  await house.rest()
  return home.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n')
}

describe('a branch that a task makes', () => {
  it('is refused by the guard, which alone sees to it', async () => {
    expect(await branchesAfter('')).toHaveLength(1)
  })

  it('is made where the user lets tasks write git', async () => {
    expect(await branchesAfter('git: allow\n')).toContain('x')
  })
})
