import type { DatabaseSync } from 'node:sqlite'
import type { NotedWhere, SourceNotes } from '../core/source-lease.ts'
import { transactionOn } from './transaction.ts'

const text = (value: unknown): string => String(value)
/** `seen/label/17` → label and 17. */
const parts = (key: string): [string, string] => {
  const at = key.indexOf('/')
  return [key.slice(0, at), key.slice(at + 1)]
}

/** What is kept of a source in this state folder, for the machine that listens to it next. */
export function createSourceNotes(
  db: DatabaseSync,
  { names = [], kept, keptAs = kept, repo = '' }: NotedWhere,
): SourceNotes {
  const sql = {
    kept: db.prepare('SELECT key, json FROM meta WHERE substr(key, 1, length(?1)) = ?1'),
    named: db.prepare('SELECT key, json FROM meta WHERE key = ?'),
    keep: db.prepare('INSERT INTO meta (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json'),
    drop: db.prepare('DELETE FROM meta WHERE key = ?'),
    seen: db.prepare('SELECT kind, id FROM github_seen WHERE repo = ?'),
    see: db.prepare('INSERT INTO github_seen (repo, kind, id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    writes: db.prepare('SELECT key, done, json FROM github_writes WHERE repo = ?'),
    write: db.prepare(
      `INSERT INTO github_writes (repo, key, done, at, json) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (repo, key) DO UPDATE SET done = excluded.done, json = excluded.json`,
    ),
    unwrite: db.prepare('DELETE FROM github_writes WHERE repo = ? AND key = ?'),
    items: db.prepare('SELECT kind, number, json FROM github_items WHERE repo = ?'),
    item: db.prepare(
      `INSERT INTO github_items (repo, kind, number, at, json) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (repo, kind, number) DO UPDATE SET json = excluded.json`,
    ),
    unpolled: db.prepare('DELETE FROM github_etags WHERE repo = ?'),
    changes: db.prepare('SELECT total_changes() AS changes'),
  }
  const transaction = transactionOn(db)
  const spellings = kept.map((here, i) => ({ here, everywhere: keptAs[i] ?? here }))
  const spelledHere = (name: string): string => {
    const found = spellings.find(({ everywhere }) => name.startsWith(everywhere))
    return found ? found.here + name.slice(found.everywhere.length) : name
  }

  /** How a note is kept here; `seen` and `item` are never forgotten. */
  const put: Record<string, (name: string, json: string | undefined) => void> = {
    kept: (name, json) =>
      void (json === undefined ? sql.drop.run(spelledHere(name)) : sql.keep.run(spelledHere(name), json)),
    seen: (name, json) => {
      if (json !== undefined) sql.see.run(repo, ...parts(name), Date.now())
    },
    write: (name, json) => {
      if (json === undefined) return void sql.unwrite.run(repo, name)
      const [done, result] = JSON.parse(json) as [number, string | null]
      sql.write.run(repo, name, done, Date.now(), result)
    },
    item: (name, json) => {
      const [kind, number] = parts(name)
      if (json !== undefined) sql.item.run(repo, kind, Number(number), Date.now(), json)
    },
  }

  return {
    read() {
      const notes = new Map<string, string>()
      for (const { here, everywhere } of spellings)
        for (const { key, json } of sql.kept.all(here))
          notes.set(`kept/${everywhere}${text(key).slice(here.length)}`, text(json))
      for (const name of names)
        for (const { key, json } of sql.named.all(name)) notes.set(`kept/${text(key)}`, text(json))
      if (repo === '') return notes
      for (const { kind, id } of sql.seen.all(repo)) notes.set(`seen/${text(kind)}/${text(id)}`, '1')
      for (const { key, done, json } of sql.writes.all(repo))
        notes.set(`write/${text(key)}`, JSON.stringify([done, json]))
      for (const { kind, number, json } of sql.items.all(repo))
        notes.set(`item/${text(kind)}/${text(number)}`, text(json))
      return notes
    },
    write: (notes) =>
      transaction(() => {
        // What came before was dealt with by somebody else, or not at all: all of it is looked at once more.
        sql.unpolled.run(repo)
        for (const [key, json] of notes) {
          const [form, name] = parts(key)
          // A newer Baton may note more.
          put[form]?.(name, json)
        }
      }),
    changes: () => Number(sql.changes.get()?.changes),
  }
}
