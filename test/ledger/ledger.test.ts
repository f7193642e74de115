import { afterEach, beforeEach, expect, test } from 'vitest'
import { LEDGER_PROPERTIES } from '../../src/core/ledger-properties.ts'
import type { Fact } from '../../src/ledger/facts.ts'
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts'
import { openTable } from '../../src/ledger/notion.ts'
import { repairOf, schemaGap } from '../../src/ledger/schema.ts'
import { keptInMemory } from '../support/jira/kept.ts'
import { type NotionServer, startNotion, wordsOf } from '../support/notion/server.ts'

let server: NotionServer
let told: (string | undefined)[]
let kept: ReturnType<typeof keptInMemory>
const facts = new Map<string, Record<string, Fact>>()

beforeEach(async () => {
  server = await startNotion()
  kept = keptInMemory()
  told = []
  facts.clear()
})
afterEach(() => server.close())

const table = (source?: string) => openTable(server, { database: server.database, source }, { now: Date.now, gapMs: 0 })

/** What doctor does. */
async function repair(): Promise<void> {
  const at = await table()
  await at.change(repairOf(schemaGap(await at.schema(), LEDGER_PROPERTIES)))
}

function open(): Ledger {
  return createLedger({
    ...{ open: () => table(), properties: LEDGER_PROPERTIES, kept, now: Date.now },
    entryOf: (key) => {
      const id = key.replace('run:', '')
      const known = facts.get(id)
      return known && { id, facts: { id, ...known } }
    },
    onTrouble: (text) => told.push(text),
    onError: (error) => told.push(`error: ${String(error)}`),
  })
}

const shown = (index = 0) => {
  const { properties = {} } = server.pages[index] ?? {}
  return { id: wordsOf(properties.ID), status: (properties.Status?.select as { name: string } | null)?.name }
}
const writes = () => server.requests.filter((one) => /^(POST \/v1\/pages|PATCH)/.test(one)).length

test('a run has one page, that is brought up to date', async () => {
  await repair()
  const ledger = open()
  facts.set('r1', { status: 'running', title: 'One' })
  ledger.changed('run:r1', 1)
  await ledger.once()
  facts.set('r1', { status: 'done', title: 'One' })
  ledger.changed('run:r1', 2)
  await ledger.once()
  expect(server.pages).toHaveLength(1)
  expect(shown()).toEqual({ id: 'r1', status: 'done' })
  // The same again is not written.
  const before = writes()
  ledger.changed('run:r1', 3)
  await ledger.once()
  expect(writes()).toBe(before)
})

test('has one page although the answer was lost, over a restart', async () => {
  await repair()
  facts.set('r1', { status: 'done' })
  server.fail('lost', /POST \/v1\/pages$/)
  const ledger = open()
  ledger.changed('run:r1', 1)
  await expect(ledger.once()).rejects.toMatchObject({ kind: 'away' })
  await open().once()
  expect(server.pages).toHaveLength(1)
  expect(shown().id).toBe('r1')
})

test('catches up after Notion was away, and with what an earlier life left', async () => {
  await repair()
  const ledger = open()
  for (const [index, id] of ['r1', 'r2', 'r3'].entries()) {
    facts.set(id, { status: 'done' })
    ledger.changed(`run:${id}`, index + 1)
  }
  server.fail('down', /./, 100)
  const before = server.requests.length
  await expect(ledger.once()).rejects.toMatchObject({ kind: 'away' })
  // What keeps all pages from being written is asked once.
  expect(server.requests).toHaveLength(before + 1)
  server.clear()
  const second = open()
  expect(second.place()).toBe(3)
  await second.once()
  expect(server.pages.map((_, index) => shown(index).id)).toEqual(['r1', 'r2', 'r3'])
})

test('writes what a table takes, and says what it lacks', async () => {
  await repair()
  server.schema.delete('Turns')
  server.schema.set('Seconds', { id: 's', type: 'rich_text' })
  facts.set('r1', { status: 'done', seconds: 5, 'run.turns': 3 })
  const ledger = open()
  ledger.changed('run:r1', 1)
  await ledger.once()
  expect(shown()).toEqual({ id: 'r1', status: 'done' })
  expect(told).toEqual([expect.stringMatching(/lacks "Turns"; "Seconds" is of the type rich_text.*baton doctor/)])
})

test('a table without what says which run a page is about is not written to', async () => {
  facts.set('r1', { status: 'done' })
  const ledger = open()
  ledger.changed('run:r1', 1)
  await expect(ledger.once()).rejects.toThrow('The ledger has no property "ID"')
  expect(server.pages).toEqual([])
})

test('a page that somebody threw away is not made again', async () => {
  await repair()
  facts.set('r1', { status: 'running' })
  const ledger = open()
  ledger.changed('run:r1', 1)
  await ledger.once()
  for (const page of server.pages) page.inTrash = true
  facts.set('r1', { status: 'done' })
  ledger.changed('run:r1', 2)
  await ledger.once()
  expect(server.pages).toHaveLength(1)
  expect(shown().status).toBe('running')
})

test('a limit is waited for, as long as Notion says', async () => {
  await repair()
  server.fail('limited', /POST \/v1\/pages$/)
  facts.set('r1', { status: 'done' })
  const before = Date.now()
  const ledger = open()
  ledger.changed('run:r1', 1)
  const error = await ledger.once().catch((error) => error)
  expect(error.kind).toBe('limited')
  expect(error.retryAt - before).toBeGreaterThanOrEqual(3_000)
})

test('doctor makes what a table lacks, and gives its title the name that is wanted', async () => {
  await repair()
  expect(schemaGap(await (await table()).schema(), LEDGER_PROPERTIES)).toEqual({ missing: [], wrong: [] })
  expect(server.schema.get('Name')?.type).toBe('title')
  expect(server.schema.has('Page')).toBe(false)
})

test('of several data sources one must be named', async () => {
  server.sources.push({ id: '99990000999900009999000099990000', name: 'Deployments' })
  await expect(table()).rejects.toThrow('2 data sources ("Runs", "Deployments"): say which by notion.source')
  await expect(table('Nope')).rejects.toThrow('no data source "Nope"')
  await expect(table('Deployments')).resolves.toBeDefined()
})

test('a wrong token is called one', async () => {
  const wrong = openTable({ ...server, token: 'ntn_wrong' }, { database: server.database }, { now: Date.now, gapMs: 0 })
  await expect(wrong).rejects.toMatchObject({
    kind: 'unauthorized',
    message: expect.stringContaining('NOTION_TOKEN'),
  })
})
