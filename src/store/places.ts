import type { DatabaseSync } from 'node:sqlite'

/** How far in the stream of events each receiver of what happens is. */
export interface ReceiverPlaces {
  all: () => Map<string, number>
  /** Moves receivers on; inside a transaction together with their notifications. */
  move: (receivers: readonly string[], seq: number) => void
  /** Forgets every receiver but these. */
  keepOnly: (receivers: readonly string[]) => void
}

/** Prepares the places. */
export function createReceiverPlaces(db: DatabaseSync): ReceiverPlaces {
  const all = db.prepare('SELECT receiver, seq FROM outgoing_places')
  const move = db.prepare(
    'INSERT INTO outgoing_places (receiver, seq) VALUES (?, ?) ON CONFLICT (receiver) DO UPDATE SET seq = excluded.seq',
  )
  const forgetOthers = db.prepare('DELETE FROM outgoing_places WHERE receiver NOT IN (SELECT value FROM json_each(?))')
  return {
    all: () => new Map(all.all().map((row) => [String(row.receiver), Number(row.seq)])),
    move: (receivers, seq) => {
      for (const receiver of receivers) move.run(receiver, seq)
    },
    keepOnly: (receivers) => {
      forgetOthers.run(JSON.stringify(receivers))
    },
  }
}
