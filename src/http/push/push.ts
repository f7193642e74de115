import { setTimeout as pause } from 'node:timers/promises'
import type { Ask, BatonEvent } from '../../core/types.ts'
import { showUnseen } from '../../text/unseen.ts'
import type { HttpDeps } from '../deps.ts'
import { HttpFailure } from '../failure.ts'
import type { MachinesPorts } from '../machines/ports.ts'
import { askedIn } from './asked-elsewhere.ts'
import { createPushMemory } from './push-memory.ts'
import type { Subscription } from './subscription.ts'

/** Notifies subscribed browsers of asks, also while their pages are closed. */
export interface Push {
  /** What browsers subscribe to; undefined where pages are not served over https. Throws HttpFailure. */
  publicKey: () => Promise<string | undefined>
  isSubscribed: (endpoint: string) => boolean
  subscribe: (subscription: Subscription) => Promise<void>
  unsubscribe: (endpoint: string) => void
  close: () => void
}

type PushPorts = Pick<HttpDeps, 'api' | 'config' | 'redact' | 'log' | 'pushFetch' | 'machines'>

const MOST_SUBSCRIPTIONS = 50
const TRIES = 3
const ANSWER_MS = 15_000
const RETRY_MS = 2_000
/** A browser that was off for longer finds the ask on the page. */
const LIFE_S = 24 * 3_600
const MOST_WORDS = 300

/**
 * Follows the events and sends a message for each ask that is open when its turn comes. The place is kept, so that what
 * is asked shortly before a kill is sent after it. The library is loaded only where somebody subscribed.
 */
export function createPush({ api, config, redact, log, machines, pushFetch = fetch }: PushPorts): Push {
  const { url } = config.http
  const isServed = url?.startsWith('https:') === true
  const kept = createPushMemory(config.stateDir)
  const ending = new AbortController()
  let unfollow: (() => void) | undefined
  let unfollowMachines: (() => void) | undefined
  let turn: Promise<void> = Promise.resolve()

  const send = async (payload: string, subscription: Subscription): Promise<void> => {
    const { vapid } = kept.read()
    if (!vapid || url === undefined) return
    const { default: webPush } = await import('web-push')
    const { endpoint, headers, body } = webPush.generateRequestDetails(subscription, payload, {
      vapidDetails: { subject: new URL(url).origin, ...vapid },
      TTL: LIFE_S,
      urgency: 'high',
    })
    const { host } = new URL(endpoint)
    for (let tried = 1; !ending.signal.aborted; tried++) {
      const answer = await pushFetch(endpoint, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: new Uint8Array(body as Buffer),
        redirect: 'error',
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(ANSWER_MS)]),
      }).then(
        async (response) => {
          await response.body?.cancel()
          return response.status
        },
        (error: Error) => error.message,
      )
      if (typeof answer === 'number' && answer < 300) return
      // The browser took it back, or was removed.
      if (answer === 404 || answer === 410) return remove(endpoint)
      const isPassing = typeof answer === 'string' || answer === 429 || answer >= 500
      if (tried === TRIES || !isPassing) return log.warn({ host, answer }, 'A push message was not taken')
      await pause(RETRY_MS * tried, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }
  const payloadOf = ({
    id,
    title,
    task,
    queue,
    machine,
  }: Pick<Ask, 'id' | 'title' | 'task' | 'queue'> & { machine?: string }) => {
    const names = [...(machine === undefined ? [] : [machine]), ...(api.view.queues().length > 1 ? [queue] : [])]
    const project = names.map((name) => `${name}: `).join('')
    const words = showUnseen(redact(title)).text.slice(0, MOST_WORDS)
    return JSON.stringify({ id, title: `${project}Task ${task} is waiting for you`, body: words })
  }
  const sendAll = (payload: string) => Promise.all(kept.read().subscriptions.map((one) => send(payload, one)))
  const inTurn = (work: () => Promise<void>) => {
    turn = turn.then(work).catch((error) => log.error({ err: error }, 'Push messages cannot be sent'))
  }
  const hearElsewhere: Parameters<MachinesPorts['follow']>[0] = (events, isBacklog) =>
    inTurn(async () => {
      const before = kept.read().elsewhere
      const others = machines?.others() ?? []
      const { asks, places } = askedIn(events, { isBacklog, places: before, others })
      for (const ask of asks) await sendAll(payloadOf(ask))
      // Of what asks nothing it does no harm to hear again.
      const isToKeep = before === undefined || asks.length > 0
      if (isToKeep && !ending.signal.aborted) kept.write({ ...kept.read(), elsewhere: places })
    })
  const tell = async ({ seq, askId }: BatonEvent): Promise<void> => {
    const ask = askId === undefined ? undefined : api.view.ask(askId)
    if (ask?.state === 'open') await sendAll(payloadOf(ask))
    if (!ending.signal.aborted) kept.write({ ...kept.read(), place: seq })
  }
  const follow = () => {
    if (unfollow || kept.read().subscriptions.length === 0) return
    unfollow = api.follow((event) => {
      if (event.type !== 'ask.opened' && event.type !== 'ask.reminded') return
      inTurn(() => tell(event))
    }, kept.read().place ?? api.view.lastSeq())
    unfollowMachines = machines?.follow(hearElsewhere)
  }
  const remove = (endpoint: string): void => {
    const { subscriptions, ...rest } = kept.read()
    kept.write({ ...rest, subscriptions: subscriptions.filter((one) => one.endpoint !== endpoint) })
  }
  const keys = async (): Promise<string> => {
    const { vapid } = kept.read()
    if (vapid) return vapid.publicKey
    const { default: webPush } = await import('web-push')
    const made = kept.read().vapid ?? webPush.generateVAPIDKeys()
    kept.write({ ...kept.read(), vapid: made })
    return made.publicKey
  }
  if (isServed) {
    try {
      follow()
    } catch (error) {
      log.error({ err: error }, 'push.json in the state folder cannot be read; no browser gets push messages')
    }
  }

  return {
    publicKey: async () => (isServed ? keys() : undefined),
    isSubscribed: (endpoint) => isServed && kept.read().subscriptions.some((one) => one.endpoint === endpoint),
    async subscribe(subscription) {
      if (!isServed)
        throw new HttpFailure(
          409,
          'no-push',
          'Browsers take push messages from https addresses only: set http.url in config.yaml to the https address.',
        )
      await keys()
      const others = kept.read().subscriptions.filter(({ endpoint }) => endpoint !== subscription.endpoint)
      if (others.length >= MOST_SUBSCRIPTIONS)
        throw new HttpFailure(409, 'too-many', `${MOST_SUBSCRIPTIONS} browsers are subscribed already.`)
      const place = others.length > 0 ? (kept.read().place ?? api.view.lastSeq()) : api.view.lastSeq()
      kept.write({ ...kept.read(), subscriptions: [...others, subscription], place })
      follow()
    },
    unsubscribe: remove,
    close() {
      ending.abort()
      unfollow?.()
      unfollowMachines?.()
    },
  }
}
