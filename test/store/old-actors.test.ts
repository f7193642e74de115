import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor, SurfaceName } from '../../src/core/types.ts'
import { actorOfWords } from '../../src/store/old-actors.ts'
import { openStore } from '../../src/store/store.ts'

/** Written by the version before: two runs, with an answer of every kind, an undo, a pause, a card, a plan, a late command. */
const WRITTEN_BEFORE = readFileSync(join(import.meta.dirname, 'old/before-actor-ids.sql'), 'utf8')

const KNOWN: [old: string, now: Actor][] = [
  ['{"surface":"telegram","who":"Anna (4711)"}', { surface: 'telegram', id: '4711', name: 'Anna' }],
  ['{"surface":"http","who":"Anna (4711)"}', { surface: 'http', id: 'telegram:4711', name: 'Anna' }],
  ['{"surface":"http","who":"API"}', { surface: 'http', id: 'api', name: 'API' }],
  ['{"surface":"terminal","who":"bernd at pts/3"}', { surface: 'terminal', id: 'bernd', name: 'bernd at pts/3' }],
  ['{"surface":"schedule","who":"0 9 * * 1-5"}', { surface: 'schedule', id: '0 9 * * 1-5', name: '0 9 * * 1-5' }],
]

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'old-actors-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Brings a database with this content to the present version, and gives all that it has then. */
function broughtUp(name: string, sql: string) {
  const state = join(dir, name)
  mkdirSync(state)
  const old = new DatabaseSync(join(state, 'baton.db'))
  old.exec(sql)
  old.close()
  const store = openStore(state)
  const tables = store.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
  const rows = tables.map(({ name }) => store.db.prepare(`SELECT * FROM "${name}"`).all())
  store.close()
  return rows
}

test('everybody in a database of the version before is known by an id and a name, and nothing else has changed', () => {
  const now = KNOWN.reduce((sql, [old, actor]) => sql.replaceAll(old, JSON.stringify(actor)), WRITTEN_BEFORE)
  expect(WRITTEN_BEFORE.match(/"who":/g)?.length).toBeGreaterThan(30)
  expect(broughtUp('before', WRITTEN_BEFORE)).toEqual(broughtUp('now', now))
  expect(now).not.toMatch(/"who":/)
})

test('words of people and agents that look like an old actor stay as they are', () => {
  const old = { surface: 'telegram', who: 'Anna (4711)' }
  const said = JSON.stringify({ tool: { name: 'x', input: { by: old } }, answer: { choice: 'allow', by: old } })
  const [[ask]] = broughtUp(
    'said',
    WRITTEN_BEFORE.replace(/PRAGMA user_version/, (end) => `UPDATE asks SET json = '${said}';\n${end}`),
  ).filter(([row]) => row !== undefined && 'opened_at' in row) as [[{ json: string }]]
  expect(JSON.parse(ask.json)).toEqual({
    tool: { name: 'x', input: { by: old } },
    answer: { choice: 'allow', by: { surface: 'telegram', id: '4711', name: 'Anna' } },
  })
})

const text = fc.string({ unit: 'grapheme' })
const SURFACES: SurfaceName[] = ['telegram', 'slack', 'github', 'terminal', 'http', 'schedule', 'baton']

test('an id is read out of whatever somebody is called', () => {
  fc.assert(
    fc.property(text, fc.nat(), (words, number) => {
      const name = words.trimEnd()
      const id = String(number)
      const shown = name || id
      const who = `${name} (${id})`
      expect(actorOfWords({ surface: 'telegram', who })).toEqual({ surface: 'telegram', id, name: shown })
      expect(actorOfWords({ surface: 'http', who })).toEqual({ surface: 'http', id: `telegram:${id}`, name: shown })
    }),
  )
  fc.assert(
    fc.property(text, fc.constantFrom('pts/3', 'ttys003', 'tty1'), (user, terminal) => {
      fc.pre(user !== '')
      const who = `${user} at ${terminal}`
      expect(actorOfWords({ surface: 'terminal', who })).toEqual({ surface: 'terminal', id: user, name: who })
    }),
  )
})

test('somebody without an id in their words is known by these words', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SURFACES), text, (surface, who) => {
      const actor = actorOfWords({ surface, who })
      expect(actor.surface).toBe(surface)
      expect(typeof actor.id).toBe('string')
      if (!/\(\d+\)$/.test(who)) expect(actor.name).toBe(who)
    }),
  )
})
