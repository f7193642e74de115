import { setTimeout as sleep } from 'node:timers/promises'
import type { KeptValues } from '../core/kept-values.ts'
import type { LedgerProperty } from '../core/ledger-properties.ts'
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
export interface Ledger {
  start: () => void
  /** Something became of `run:ID` or the like; `seq`: the event that says so. */
  changed: (key: string, seq: number) => void
  /** The last event that was taken in. */
  place: () => number | undefined
  /** Writes what there is to write, once; throws the first trouble. */
  once: () => Promise<void>
  /** Writes for up to `graceMs`; what is left is written in the next life. */
  stop: (graceMs: number) => Promise<void>
}

/** A page that was written; what it says, as a digest. */
interface Page {
  id: string
  says: string
}

const AT = 'ledger:at'
const WAITING = 'ledger:waiting'
const pageAt = (key: string) => `ledger:page:${key}`

/** Events come in bursts, and a page is written for all of them. */
const GATHER_MS = 2_000
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 600_000

export function createLedger({ open, properties, kept, entryOf, onTrouble, onError, now }: LedgerPorts): Ledger {
  const idName = idProperty(properties)
  const fresh = new Map<string, number>()
  let table: Promise<NotionTable> | undefined
  let writable: Set<string> | undefined
  let told: string | undefined
  let failures = 0
  let notBefore = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isStopped = false

  const waiting = () => kept.get<string[]>(WAITING) ?? []

  /** What came is stored before it is dealt with, together with how far the events were read. */
  function takeIn(): void {
    if (fresh.size === 0) return
    kept.transaction(() => {
      kept.set(WAITING, [...new Set([...waiting(), ...fresh.keys()])])
      kept.set(AT, Math.max(kept.get<number>(AT) ?? 0, ...fresh.values()))
    })
    fresh.clear()
  }

  async function once(): Promise<void> {
    takeIn()
    let trouble: unknown
    for (const key of waiting()) {
      if (isStopped) break
      try {
        const entry = entryOf(key)
        if (entry) await write(key, entry)
        kept.transaction(() => {
          const others = waiting().filter((one) => one !== key)
          kept.set(WAITING, others)
        })
      } catch (error) {
        // A page that is refused keeps no other from being written; what keeps all from it is asked once.
        trouble ??= error
        if (error instanceof NotionError && error.kind !== 'refused') break
      }
    }
    if (trouble !== undefined) throw trouble
  }

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
    // Whoever may see nothing any more is told the same of every page.
    await at.schema()
  }

  function opened(): Promise<NotionTable> {
    table ??= open()
    return table
  }

  /** What the table lacks is told and left out, so that the rest is written. */
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
      tell(`The ledger cannot show everything: ${gaps.join('; ')}. "baton doctor" makes what is missing.`)
    return writable
  }

  function tell(text: string | undefined): void {
    if (text === told) return
    told = text
    onTrouble(text)
  }

  function wake(afterMs: number): void {
    if (isStopped || timer || running) return
    timer = setTimeout(
      () => {
        timer = undefined
        running = round().finally(() => {
          running = undefined
          if (fresh.size > 0 || waiting().length > 0) wake(GATHER_MS)
        })
      },
      Math.max(afterMs, notBefore - now()),
    )
  }

  async function round(): Promise<void> {
    try {
      await once()
      if (failures > 0) tell(undefined)
      failures = 0
      notBefore = 0
    } catch (error) {
      // Opened and looked at again: what was wrong may be mended by then.
      table = undefined
      writable = undefined
      if (!(error instanceof NotionError)) onError(error)
      else if (error.kind !== 'limited') tell(error.message)
      const backoffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++)
      const asked = error instanceof NotionError ? (error.retryAt ?? 0) - now() : 0
      notBefore = now() + Math.max(backoffMs, asked)
    }
  }

  return {
    start: () => wake(waiting().length > 0 ? 0 : GATHER_MS),
    changed(key, seq) {
      fresh.set(key, seq)
      wake(GATHER_MS)
    },
    place: () => kept.get<number>(AT),
    once,
    async stop(graceMs) {
      clearTimeout(timer)
      takeIn()
      if (waiting().length > 0 && failures === 0) {
        running ??= round()
        await Promise.race([running, sleep(graceMs, undefined, { ref: false })])
      }
      isStopped = true
      clearTimeout(timer)
    },
  }
}
