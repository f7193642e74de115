import type { KeptValues } from '../core/kept-values.ts'
import type { LedgerProperty } from '../core/ledger-properties.ts'
import { createMirror, type Mirror } from '../outbox/mirror.ts'
import { sha256 } from '../text/sha256.ts'
import type { LedgerEntry } from './facts.ts'
import { NotionError, type NotionTable } from './notion.ts'
import { propertyValue } from './property.ts'
import { idProperty, schemaGap, writableNames } from './schema.ts'

export interface LedgerPorts {
  /** Opens the table; throws NotionError. */
  open: () => Promise<NotionTable>
  properties: Readonly<Record<string, LedgerProperty>>
  kept: KeptValues
  /** What is known of `run:ID` or the like now, with nothing in it that must not be shown; undefined: it is gone. */
  entryOf: (key: string) => LedgerEntry | undefined
  /** Something is wrong, or (undefined) no longer; once each. */
  onTrouble: (text: string | undefined) => void
  onError: (error: unknown) => void
  now: () => number
}

/** Keeps a page of each run and deployment, after the fact: nothing ever waits for it. */
export type Ledger = Mirror

/** A page that was written; what it says, as a digest. */
interface Page {
  id: string
  says: string
}

const pageAt = (key: string) => `ledger:page:${key}`

export function createLedger({ open, properties, kept, entryOf, onTrouble, onError, now }: LedgerPorts): Ledger {
  const idName = idProperty(properties)
  let table: Promise<NotionTable> | undefined
  let writable: Set<string> | undefined

  const mirror = createMirror({
    ...{ name: 'ledger', kept, onTrouble, onError, now },
    async bring(key) {
      const entry = entryOf(key)
      if (entry) await write(key, entry)
    },
    judge: (error) =>
      error instanceof NotionError
        ? {
            ...{ text: error.message, retryAt: error.retryAt },
            // A page that is refused keeps no other from being written.
            holdsAll: error.kind !== 'refused',
            isLimit: error.kind === 'limited',
          }
        : undefined,
    onFailed() {
      table = undefined
      writable = undefined
    },
  })
  return mirror

  async function write(key: string, { id, facts }: LedgerEntry): Promise<void> {
    const values = Object.fromEntries(
      Object.entries(properties).map(([name, { type, source }]) => [name, propertyValue(type, facts[source])]),
    )
    const at = await opened()
    const may = await writableOf(at)
    const shown = Object.fromEntries(Object.entries(values).filter(([name]) => may.has(name)))
    const says = sha256(JSON.stringify(shown))
    const page = kept.get<Page>(pageAt(key))
    if (page?.says === says) return
    // What has no page yet is looked for first: an answer may have been lost, and there is no other key.
    const known = page?.id ?? (await at.find(idName, id))
    const pageId = known ?? (await at.create(shown))
    if (known !== undefined) await at.update(known, shown).catch((error) => unlessGone(error, at))
    kept.set(pageAt(key), { id: pageId, says } satisfies Page)
  }

  /** Somebody threw the page away: it is not made again unasked. */
  async function unlessGone(error: unknown, at: NotionTable): Promise<void> {
    if (!(error instanceof NotionError)) throw error
    if (error.kind !== 'missing' && !/archived|trash/i.test(error.message)) throw error
    // Whoever may no longer see anything gets the same answer for every page.
    await at.schema()
  }

  function opened(): Promise<NotionTable> {
    table ??= open()
    return table
  }

  /** What the table lacks is reported and left out, so that the rest is written. */
  async function writableOf(at: NotionTable): Promise<Set<string>> {
    if (writable) return writable
    const schema = await at.schema()
    const { missing, title, wrong } = schemaGap(schema, properties)
    writable = writableNames(schema, properties)
    if (!writable.has(idName))
      throw new NotionError('missing', `The ledger has no property "${idName}": "baton doctor" makes what is missing.`)
    const names = [...missing.map(([name]) => `"${name}"`), ...(title ? [`"${title.to}"`] : [])]
    const gaps = [...(names.length > 0 ? [`it lacks ${names.join(', ')}`] : []), ...wrong]
    if (gaps.length > 0)
      mirror.tell(`The ledger cannot show everything: ${gaps.join('; ')}. "baton doctor" makes what is missing.`)
    return writable
  }
}
