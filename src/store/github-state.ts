import type { DatabaseSync } from 'node:sqlite'
import { transactionOn } from './transaction.ts'

/** What was dealt with so long ago cannot come again: a poll looks back seconds, and labels and comments keep their ids. */
const KEPT_MS = 180 * 24 * 3_600_000

/** The tables of one repository on GitHub. Every function is durable when it returns (outside a transaction). */
export function createGitHubState(db: DatabaseSync, repo: string, now: () => number) {
  const sql = {
    etag: db.prepare('SELECT etag FROM github_etags WHERE repo = ? AND url = ?'),
    setEtag: db.prepare(
      'INSERT INTO github_etags (repo, url, etag, at) VALUES (?, ?, ?, ?) ON CONFLICT (repo, url) DO UPDATE SET etag = excluded.etag, at = excluded.at',
    ),
    oldEtags: db.prepare('DELETE FROM github_etags WHERE repo = ? AND at < ?'),
    seen: db.prepare('SELECT 1 FROM github_seen WHERE repo = ? AND kind = ? AND id = ?'),
    addSeen: db.prepare('INSERT INTO github_seen (repo, kind, id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    oldSeen: db.prepare('DELETE FROM github_seen WHERE repo = ? AND at < ?'),
    write: db.prepare('SELECT done, json FROM github_writes WHERE repo = ? AND key = ?'),
    begin: db.prepare(
      'INSERT INTO github_writes (repo, key, done, at) VALUES (?, ?, 0, ?) ON CONFLICT (repo, key) DO UPDATE SET at = excluded.at',
    ),
    done: db.prepare(
      'INSERT INTO github_writes (repo, key, done, at, json) VALUES (?, ?, 1, ?, ?) ON CONFLICT (repo, key) DO UPDATE SET done = 1, at = excluded.at, json = excluded.json',
    ),
    forget: db.prepare('DELETE FROM github_writes WHERE repo = ? AND key = ?'),
    item: db.prepare('SELECT json FROM github_items WHERE repo = ? AND kind = ? AND number = ?'),
    setItem: db.prepare(
      'INSERT INTO github_items (repo, kind, number, at, json) VALUES (?, ?, ?, ?, ?) ON CONFLICT (repo, kind, number) DO UPDATE SET at = excluded.at, json = excluded.json',
    ),
    items: db.prepare('SELECT number, json FROM github_items WHERE repo = ? AND kind = ? ORDER BY number'),
    meta: db.prepare('SELECT json FROM meta WHERE key = ?'),
    metaNames: db.prepare('SELECT key FROM meta WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key'),
    setMeta: db.prepare(
      'INSERT INTO meta (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json',
    ),
  }
  const parsed = <T>(row: unknown): T | undefined => {
    const { json } = (row ?? {}) as { json?: string | null }
    return json === undefined || json === null ? undefined : (JSON.parse(json) as T)
  }
  const numbered = (kind: 'issue' | 'pull') => ({
    get: <T>(number: number) => parsed<T>(sql.item.get(repo, kind, number)),
    set: (number: number, value: unknown) => {
      sql.setItem.run(repo, kind, number, now(), JSON.stringify(value))
    },
    all: <T>() =>
      (sql.items.all(repo, kind) as { number: number; json: string }[]).map(({ number, json }) => ({
        number,
        value: JSON.parse(json) as T,
      })),
  })
  const noteKey = (name: string) => `github:${repo}:${name}`

  sql.oldEtags.run(repo, now() - KEPT_MS)
  sql.oldSeen.run(repo, now() - KEPT_MS)

  return {
    etags: {
      get: (url: string) => (sql.etag.get(repo, url) as { etag: string } | undefined)?.etag,
      set: (url: string, etag: string) => {
        sql.setEtag.run(repo, url, etag, now())
      },
    },
    seen: {
      has: (kind: string, id: string | number) => sql.seen.get(repo, kind, String(id)) !== undefined,
      add: (kind: string, id: string | number) => {
        sql.addSeen.run(repo, kind, String(id), now())
      },
    },
    writes: {
      get: (key: string) => {
        const row = sql.write.get(repo, key) as { done: number; json: string | null } | undefined
        return row && { done: row.done === 1, result: parsed<unknown>(row) }
      },
      begin: (key: string) => {
        sql.begin.run(repo, key, now())
      },
      done: (key: string, result: unknown) => {
        sql.done.run(repo, key, now(), JSON.stringify(result ?? null))
      },
      forget: (key: string) => {
        sql.forget.run(repo, key)
      },
    },
    issues: numbered('issue'),
    pulls: numbered('pull'),
    notes: {
      get: <T>(name: string) => parsed<T>(sql.meta.get(noteKey(name))),
      set: (name: string, value: unknown) => {
        sql.setMeta.run(noteKey(name), JSON.stringify(value))
      },
      names: (beginning: string) =>
        (sql.metaNames.all(noteKey(beginning)) as { key: string }[]).map(({ key }) => key.slice(noteKey('').length)),
    },
    transaction: transactionOn(db),
  }
}

/**
 * Remembers a delivery of a webhook. False when it was here before: by its id, or with the same body under another one, since
 * only the body is signed.
 */
export function rememberDelivery(
  db: DatabaseSync,
  { id, bodyHash, at }: { id: string; bodyHash: string; at: number },
): boolean {
  const { changes } = db
    .prepare('INSERT INTO github_deliveries (id, body_hash, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
    .run(id, bodyHash, at)
  if (changes === 0) return false
  db.prepare('DELETE FROM github_deliveries WHERE at < ?').run(at - KEPT_MS)
  return true
}
