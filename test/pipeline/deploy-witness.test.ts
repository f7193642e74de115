import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { buildDeployHouse, type DeployHouse } from '../../faults/deploys/house.ts'

let house: DeployHouse

beforeEach(() => {
  house = buildDeployHouse()
  house.slow()
})
afterEach(() => house.remove())

const how = (id: string) => ({
  cwd: join(house.home, 'project'),
  env: { PATH: process.env.PATH, LIVE: house.live, SHA: 'HEAD', DEPLOYMENT_ID: id },
  stdio: 'ignore' as const,
})
const deploy = (id: string) => execFileSync('sh', ['ship.sh', 'deploy'], how(id))
const overlaps = () => house.witness().filter(({ what }) => what === 'overlap')
const noted = () => readFileSync(join(house.live, 'pid'), 'utf8').trim()
const isNoted = () => vi.waitFor(() => expect(house.witness().map(({ what }) => what)).toContain('deploy'))

describe('the witness of deployments', () => {
  test('sees one that begins while another one is under way, and says which process that is', async () => {
    const first = spawn('sh', ['ship.sh', 'deploy'], how('first'))
    await isNoted()
    deploy('second')
    if (first.exitCode === null) await once(first, 'exit')
    expect(overlaps()).toEqual([
      {
        what: 'overlap',
        id: 'second',
        sha: expect.stringMatching(new RegExp(`^${first.pid} \\(.*sh ship\\.sh deploy$`)),
      },
    ])
  })

  test('knows that one was killed, though nobody has collected it yet', async () => {
    // The parent becomes a program that collects nobody.
    const parent = spawn('sh', ['-c', 'sh ship.sh deploy & exec sleep 60'], how('first'))
    try {
      await isNoted()
      const pid = Number.parseInt(noted(), 10)
      process.kill(pid, 'SIGKILL')
      expect(process.kill(pid, 0)).toBe(true)
      deploy('second')
      expect(process.kill(pid, 0)).toBe(true)
    } finally {
      parent.kill('SIGKILL')
    }
    expect(overlaps()).toEqual([])
  })

  test('does not take another process of the same id for it', () => {
    writeFileSync(join(house.live, 'pid'), `${process.pid} 1\n`)
    deploy('second')
    expect(overlaps()).toEqual([])
    expect(existsSync(join(house.live, 'pid'))).toBe(false)
  })
})
