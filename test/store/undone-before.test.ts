import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { openStore } from '../../src/store/store.ts'

/** The version in which an undone task was a skipped one. */
const BEFORE = 2

test('what an earlier version undid is undone from now on, and nothing else is', () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-undone-'))
  try {
    const db = new DatabaseSync(join(dir, 'baton.db'))
    for (const migration of MIGRATIONS.slice(0, BEFORE)) db.exec(migration)
    db.exec(`PRAGMA user_version = ${BEFORE}`)
    db.exec(`INSERT INTO runs VALUES ('r', 'main', 1, 'done', 1, '{"id":"r","queue":"main","seq":1,"state":"done"}')`)
    const tasks: [id: string, phase: string, result: string, undo?: boolean][] = [
      ['reviewed', 'skipped', 'undone by Baton'],
      ['undone', 'skipped', 'undone by Anna (telegram)', true],
      ['skipped', 'skipped', 'skipped by Anna (telegram)'],
      ['done', 'done', 'Did it.'],
      // Of an older run, whose tasks kept their state while their files were given back.
      ['old', 'done', 'Did it.', true],
      ['failed', 'failed', 'exit 1', true],
      ['brought-back', 'done', 'undone and brought back by Anna (telegram)', false],
      // Undone, and then tried again: what it came to since counts.
      ['redone', 'done', 'Did it.', true],
      ['queued-again', 'queued', '', true],
    ]
    const task = db.prepare('INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)')
    const meta = db.prepare('INSERT INTO meta VALUES (?, ?)')
    tasks.forEach(([id, phase, result, undo], i) => {
      const spec = JSON.stringify({ file: 'tasks/a.md', key: `Task ${i + 1}`, title: id })
      task.run(id, 'r', i + 1, i, phase, 5, spec, JSON.stringify({ id, runId: 'r', number: i + 1, phase, result }))
      if (undo !== undefined) meta.run(`undo:${id}`, JSON.stringify({ cwd: '/', from: 'a', to: 'b', again: undo }))
    })
    db.prepare("INSERT INTO events (at, type, queue, run_id, json) VALUES (9, 'task.reset', 'main', 'r', ?)").run(
      JSON.stringify({ taskId: 'redone' }),
    )
    db.close()

    const store = openStore(dir)
    const now = Object.fromEntries(store.read.tasks('r').map(({ id, phase }) => [id, phase]))
    expect(now).toEqual({
      reviewed: 'undone',
      undone: 'undone',
      skipped: 'skipped',
      done: 'done',
      old: 'undone',
      failed: 'undone',
      'brought-back': 'done',
      redone: 'done',
      'queued-again': 'queued',
    })
    expect(store.read.counts(['r']).get('r')).toEqual({ undone: 4, skipped: 1, done: 3, queued: 1 })
    expect(store.read.endedTasks({ from: 0, to: 9 }).map(({ identity }) => identity)).toContain('tasks/a.md\nTask 1')
    store.close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
