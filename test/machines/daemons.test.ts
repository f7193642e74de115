import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunningDaemon } from '../../faults/daemon-process.ts'
import { openMachinesHouse, type TestMachine, type TestMachines } from '../../faults/machines/house.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'

const task = (title: string, lines: string) => `## Task 1: ${title}\n**Claude Instruction:**\n${lines}\n`
const REALLY = { timeout: 60_000, interval: 200 }

describe.skipIf(noPostgres !== undefined)(`three machines${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  let postgres: TestPostgres
  let house: TestMachines
  let url = ''
  const machines: TestMachine[] = []
  const named = (name: string | undefined) => machines.find((one) => one.name === name) as TestMachine
  const ask = (sql: string) => postgres.query(url, sql)
  const holder = () => ask("SELECT machine FROM baton.run WHERE state = 'active' ORDER BY at DESC LIMIT 1")

  beforeAll(async () => {
    postgres = startPostgres()
    url = postgres.createDatabase()
    house = openMachinesHouse(url)
    for (const [name, labels] of [['one'], ['two', ['gpu']], ['three']] as [string, string[]?][])
      machines.push(await house.start(name, labels && { labels }))
  }, 180_000)
  afterAll(async () => {
    await house?.close()
    postgres?.remove()
  })

  it('work on what is offered to them, and say so where it was offered', async () => {
    await expect.poll(() => ask('SELECT count(*) FROM baton.machine'), REALLY).toBe('3')
    const { home } = named('one')
    home.write(
      'tasks/label.md',
      `---\nmachine: label:gpu\n---\n${task('For the card', 'rehearse: wait 2s\nrehearse: say done')}`,
    )
    const { code, out } = await house.call(home, ['tasks', 'tasks/label.md'])
    expect(out).toContain('two took it.')
    expect(out).toContain('Finished on two: 1 of 1 tasks done')
    expect(code).toBe(0)
    expect(home.read('tasks/label.md')).toMatch(/\*\*Status:\*\* done \d{4}/)
    for (const [on, said] of [
      ['twos', 'No machine is called twos. Did you mean two?'],
      [
        'label:cpu',
        'No machine has the label cpu. Did you mean label:gpu? Known, with their labels: one, three, two (gpu).',
      ],
    ] as const) {
      home.write('tasks/nobody.md', task('Nobody', 'rehearse: say done'))
      const refused = await house.call(home, ['tasks', 'tasks/nobody.md', '--on', on])
      expect(refused.out).toContain(said)
      expect(refused.code).toBe(2)
    }
    const { out: listed } = await house.call(home, ['machine', 'list'])
    expect(listed.split('\n').filter((line) => line.startsWith('●'))).toEqual([
      expect.stringMatching(/^● one +here · free · projects main · on \S+, this one$/),
      expect.stringMatching(/^● three +here · free · projects main · on \S+$/),
      expect.stringMatching(/^● two +here · free · projects main · labels gpu · on \S+$/),
    ])
    const list = JSON.parse((await house.call(home, ['machine', 'list', '--json'])).out)
    expect(
      list.machines.map(({ name, state, isThis }: TestMachine & { state: string; isThis: boolean }) => [
        name,
        state,
        isThis,
      ]),
    ).toEqual([
      ['one', 'here', true],
      ['three', 'here', false],
      ['two', 'here', false],
    ])
  }, 90_000)

  it('refuse a copy of one of them, which works on nothing of its', async () => {
    const { home } = named('one')
    home.write('tasks/kept.md', task('Kept', 'rehearse: wait 14s'))
    const following = house.call(home, ['tasks', 'tasks/kept.md', '--on', 'one'])
    const started = () => house.witness().starts.filter(({ title }) => title === 'Kept').length
    await expect.poll(started, REALLY).toBe(1)
    const folder = mkdtempSync(join(tmpdir(), 'baton-copy-'))
    cpSync(home.dir, folder, { recursive: true })
    const copy = await startRunningDaemon(folder, { env: home.agentEnv })
    try {
      const log = () => readFileSync(join(folder, 'logs/baton.log'), 'utf8')
      await expect
        .poll(log, REALLY)
        .toMatch(/Another machine is already called one .* this one works alone\. Its state/)
      expect((await following).code).toBe(0)
      expect([started(), house.witness().overlaps]).toEqual([1, []])
      expect(ask("SELECT machine || ' ' || fence || ' ' || state FROM baton.run ORDER BY at DESC LIMIT 1")).toBe(
        'one 1 done',
      )
    } finally {
      copy.kill('SIGKILL')
      await copy.ended
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }, 120_000)

  it('take over what a killed machine had, and no task is worked on by two at once', async () => {
    const { home } = named('one')
    home.write('tasks/long.md', task('Long', 'rehearse: wait 12s'))
    const following = house.call(home, ['tasks', 'tasks/long.md', '--on', 'any'])
    const started = () => house.witness().starts.filter(({ title }) => title === 'Long').length
    await expect.poll(started, REALLY).toBe(1)
    const first = holder()
    named(first).daemon.kill('SIGKILL')
    await expect.poll(started, REALLY).toBe(2)
    const second = holder()
    expect(second).not.toBe(first)
    expect((await following).code).toBe(0)
    expect(house.witness().overlaps).toEqual([])
    expect(house.witness().ends.filter(({ title }) => title === 'Long')).toHaveLength(1)
    expect(ask("SELECT machine || ' ' || fence || ' ' || state FROM baton.run ORDER BY at DESC LIMIT 1")).toBe(
      `${second} 2 done`,
    )
  }, 240_000)
})
