import { setTimeout as sleep } from 'node:timers/promises'
import type { KeptValues } from '../core/kept-values.ts'

/** Why something could not be brought up to date. */
export interface MirrorTrouble {
  text: string
  /** It keeps everything else from it, too: nothing more is tried in this round. */
  holdsAll: boolean
  /** A limit passes, and is no news. */
  isLimit?: boolean
  /** Not before; epoch milliseconds. */
  retryAt?: number | undefined
}

export interface MirrorPorts {
  /** What is kept is kept under this. */
  name: string
  kept: KeptValues
  /** Brings one thing up to date elsewhere; the same again must change nothing. */
  bring: (key: string) => Promise<void>
  /** What an error means; undefined: it is a mistake of ours. */
  judge: (error: unknown) => MirrorTrouble | undefined
  /** A round failed: what was opened for it is of no use any more. */
  onFailed?: () => void
  /** Something is wrong, or (undefined) no longer; once each. */
  onTrouble: (text: string | undefined) => void
  onError: (error: unknown) => void
  now: () => number
}

/** Keeps something elsewhere in step with what is stored here, after the fact: nothing ever waits for it. */
export interface Mirror {
  start: () => void
  /** Something became of what `key` names; `seq`: the event that says so. */
  changed: (key: string, seq: number) => void
  /** The last event that was taken in. */
  place: () => number | undefined
  /** Brings everything up to date, once; throws the first trouble. */
  once: () => Promise<void>
  /** Says what is wrong, unless that was said last. */
  tell: (text: string | undefined) => void
  /** Works for up to `graceMs`; what is left is done in the next life. */
  stop: (graceMs: number) => Promise<void>
}

/** Events come in bursts, and one look is enough for all of them. */
const GATHER_MS = 2_000
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 600_000

export function createMirror({ name, kept, bring, now, ...ports }: MirrorPorts): Mirror {
  const placeKey = `${name}:at`
  const waitingKey = `${name}:waiting`
  const fresh = new Map<string, number>()
  let told: string | undefined
  let failures = 0
  let notBefore = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isStopped = false

  const waiting = () => kept.get<string[]>(waitingKey) ?? []

  /** What came is stored before it is dealt with, together with how far the events were read. */
  function takeIn(): void {
    if (fresh.size === 0) return
    kept.transaction(() => {
      kept.set(waitingKey, [...new Set([...waiting(), ...fresh.keys()])])
      kept.set(placeKey, Math.max(kept.get<number>(placeKey) ?? 0, ...fresh.values()))
    })
    fresh.clear()
  }

  async function once(): Promise<void> {
    takeIn()
    let trouble: unknown
    for (const key of waiting()) {
      if (isStopped) break
      try {
        await bring(key)
        kept.transaction(() => {
          const others = waiting().filter((one) => one !== key)
          kept.set(waitingKey, others)
        })
      } catch (error) {
        // What is refused keeps nothing else from being done; what keeps all from it is asked once.
        trouble ??= error
        if (ports.judge(error)?.holdsAll) break
      }
    }
    if (trouble !== undefined) throw trouble
  }

  function tell(text: string | undefined): void {
    if (text === told) return
    told = text
    ports.onTrouble(text)
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
      ports.onFailed?.()
      const trouble = ports.judge(error)
      if (!trouble) ports.onError(error)
      else if (!trouble.isLimit) tell(trouble.text)
      const backoffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++)
      notBefore = now() + Math.max(backoffMs, (trouble?.retryAt ?? 0) - now())
    }
  }

  return {
    start: () => wake(waiting().length > 0 ? 0 : GATHER_MS),
    changed(key, seq) {
      fresh.set(key, seq)
      wake(GATHER_MS)
    },
    place: () => kept.get<number>(placeKey),
    once,
    tell,
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
