import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { openStore } from '../../src/store/store.ts'

/** The version in which every task came from a file. */
const BEFORE = 8

test('a task that is stored with its file and its key there has them as its origin from now on', () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-origin-'))
  try {
    const db = new DatabaseSync(join(dir, 'baton.db'))
    for (const migration of MIGRATIONS.slice(0, BEFORE)) db.exec(migration)
    db.exec(`PRAGMA user_version = ${BEFORE}`)
    db.exec(`INSERT INTO runs VALUES ('r', 'main', 1, 'open', 1, '{"id":"r","queue":"main","seq":1,"state":"open"}')`)
    const spec = { file: 'tasks/a "b".md', line: 12, form: 'checkbox', key: 'It’s › Ä', title: 'Ä', context: '' }
    db.prepare('INSERT INTO tasks (id, run_id, number, position, phase, spec, json) VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      ...['t', 'r', 1, 0, 'queued', JSON.stringify(spec), '{"id":"t","runId":"r","number":1,"phase":"queued"}'],
    )
    db.close()

    const store = openStore(dir)
    expect(store.read.task('t')?.spec).toEqual({
      origin: { source: 'files', ref: 'It’s › Ä', file: 'tasks/a "b".md', line: 12, form: 'checkbox' },
      title: 'Ä',
      context: '',
    })
    expect([...store.read.openIdentities('main')]).toEqual(['tasks/a "b".md\nIt’s › Ä'])
    store.close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
