import { openStore } from '../../src/store/store.ts'

/** Opens the state in the folder of its first argument, brings it to this program's version, and says what is in it. */
try {
  const store = openStore<unknown>(process.argv[2] ?? '.')
  const count = (table: string) => Number(store.db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.n)
  const version = Number(store.db.prepare('PRAGMA user_version').get()?.user_version)
  const tables = store.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
  const names = tables.map((row) => String(row.name))
  const later = names.includes('later')
    ? Number(store.db.prepare('SELECT COUNT(*) AS n FROM later WHERE more = json').get()?.n)
    : undefined
  const check = String(store.db.prepare('PRAGMA integrity_check').get()?.integrity_check)
  const [inbox, events, updates, deliveries] = ['inbox', 'events', 'updates', 'deliveries'].map(count)
  console.log(JSON.stringify({ version, inbox, events, updates, deliveries, later, check }))
  store.close()
} catch (error) {
  console.log(JSON.stringify({ refused: error instanceof Error ? error.message : String(error) }))
}
