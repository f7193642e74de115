import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import { isToBeDecided } from '../core/lanes/to-be-decided.ts'
import type { RunLease } from '../core/types.ts'
import type { Runner } from '../daemon/runner-types.ts'
import type { Store } from '../store/store.ts'
import { acceptRun, resultOf } from './accept.ts'
import type { Across } from './across.ts'
import { pushedBefore, startsFrom } from './base.ts'
import { elapsedClock } from './clock.ts'
import { createLeases, type LeasedRun } from './leases.ts'
import {
  LEASE_MS,
  type Machines,
  MachinesError,
  type NewOffer,
  type OfferState,
  RENEW_MS,
  type TakenRun,
} from './machines.ts'
import { awayText, LEFT, takenName } from './member-words.ts'
import { offerKnown } from './offer-known.ts'
import { createParking } from './park.ts'
import { CROSSED, type Crossing, createCrossing } from './postgres/crossing.ts'
import { openSharedDatabase, type SharedDatabase } from './postgres/database.ts'
import { forgetOld } from './postgres/forget.ts'
import { createMembers, type Members, type Pulse } from './postgres/members.ts'
import { type PostgresMachines, postgresMachines } from './postgres/runs.ts'
import { type SourceLeases, sourceLeases } from './postgres/sources.ts'
import { isOfSource, type SharedSources, withSources } from './shared-sources.ts'
import { createStartAgain } from './start-again.ts'
import { createWatchdog } from './watchdog.ts'
import { whoHas } from './who-has.ts'

/** What a daemon that shares runs is built around. */
export interface MemberPorts {
  url: string
  config: Config
  version: string
  runner: Pick<Runner, 'api' | 'leased' | 'onSpawn' | 'bar'>
  store: Pick<Store<unknown>, 'read' | 'kept'>
  /** Said once: that it cannot share runs, why, and that it can again. */
  onTrouble: (text: string) => void
  onError: (error: unknown) => void
  /** Notes in the task files here what was done elsewhere; gives what keeps it from that. */
  noteDone?: (run: OfferState) => Promise<string[]>
  /** A person who has not answered for so long may take hours. */
  parkMs?: number
  /** What crosses between the machines beside runs. */
  across?: Across
  /** What it listens to, where others could as well. */
  sources?: SharedSources
  /** It is there for that alone: it takes no run, and shows nothing. */
  isOnlyListening?: boolean
}

/** This machine among those that share a database. */
export interface Membership {
  /** Offers a run to all of them; throws while the database is away. */
  offer: Machines['offer']
  stop: () => Promise<void>
}

interface Connected {
  database: SharedDatabase
  members: Members
  machines: PostgresMachines
  crossing: Crossing
  sources: SourceLeases
  stopListening: () => Promise<void>
}

/** How often what is held here is compared with the clock. */
const CHECK_MS = 500
/** A process that was killed and started again has to wait until its former self is out of the way. */
const FORMER_SELF_MS = LEASE_MS + RENEW_MS
/** After a Baton that is too old for the database. */
const TOO_OLD_MS = 60_000
const GOODBYE_MS = 1_500
/** How often it is looked for what has become old. */
const FORGET_MS = 3_600_000
const PARK_MS = 10 * 60_000

/** Joins the other machines, takes runs as they come and keeps their leases, until it is stopped. */
export function startMember(ports: MemberPorts): Membership {
  const { config, store, runner, onTrouble, onError, parkMs = PARK_MS } = ports
  const { name, labels } = config.machine
  const elapsed = elapsedClock()
  const projects = config.projects.filter(({ tasks }) => tasks.length > 0)
  const me = {
    ...{ name, labels, projects: projects.map((project) => project.name), home: homeId(store) },
    ...{ instance: randomUUID(), host: hostname(), pid: process.pid, version: ports.version },
  }
  const watchdog = createWatchdog(join(config.stateDir, 'lease-beat'))
  let connected: Connected | undefined
  let joined = false
  let joiningSince: number | undefined
  let forgotAt: number | undefined
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let chores: Promise<void> | undefined
  let again = false
  let trouble: string | undefined
  const declined = new Set<string>()

  const tell = (text: string | undefined) => {
    if (text === trouble) return
    if (text !== undefined) onTrouble(text)
    else if (trouble !== undefined) onTrouble(`Runs are shared again: this machine is ${name}.`)
    trouble = text
  }

  ports.across?.onYield(() => onTrouble(LEFT))
  const silence = () => ports.sources?.silence() ?? ''
  const runs = (openOnly = false) =>
    store.read
      .runs({ openOnly, limit: RECENT })
      .filter((run): run is LeasedRun => run.lease !== undefined && !['over', 'lost'].includes(run.lease.state))
  const openRuns = () => runs(true)
  /** Processes that are not stored yet, and their runs. */
  const begun = new Map<number, string>()
  const pids = () => {
    // Looked for twice a second, and mostly there is nothing.
    const live = store.read.liveAttempts()
    if (live.length === 0) begun.clear()
    if (live.length === 0) return []
    const held = new Set(runs().map(({ id }) => id))
    for (const { pid } of live) if (pid !== undefined) begun.delete(pid)
    const stored = live.flatMap(({ runId, pid }) => (held.has(runId) && pid !== undefined ? [pid] : []))
    return [...stored, ...[...begun].flatMap(([pid, runId]) => (held.has(runId) ? [pid] : []))]
  }
  const leased = (run: LeasedRun, lease: RunLease, why?: string, from?: RunLease['state']) =>
    runner.leased(run.queue, { runId: run.id, lease, ...(why !== undefined && { why }), ...(from && { from }) })
  const need = (): Connected => {
    if (!connected) throw new Error('There is no connection to the database.')
    return connected
  }
  const leases = createLeases({
    ...{ elapsed, runs: (which) => runs(which === 'open'), leased },
    renew: (lease) => need().machines.renew(lease),
    holderOf: async (id) => {
      if (isOfSource(id)) return ports.sources?.whoListens(id) ?? ''
      const found = await need().machines.find(id)
      return whoHas(found, name, (machine = 'another machine') => `${machine} has this run now.`)
    },
    onRenewed: () => watchdog.beat(pids()),
  })

  const connect = async (): Promise<Connected> => {
    // What fails in passing is met again where it matters, and said there.
    const database = await openSharedDatabase(ports.url, name, () => undefined)
    try {
      const stopListening = await database.listen((word) => {
        if (ports.sources?.heard(word)) return
        if (word !== CROSSED) look()
        else if (joined) ports.across?.look().catch(() => undefined)
      })
      const sources = sourceLeases(database, me)
      return {
        ...{ database, stopListening, sources, members: createMembers(database) },
        machines: withSources(postgresMachines(database, { name, labels, instance: me.instance }), sources),
        crossing: createCrossing(database, me),
      }
    } catch (error) {
      await database.close().catch(() => undefined)
      throw error
    }
  }

  /** False while another process has the name. */
  const joinOthers = async ({ members }: Connected): Promise<boolean> => {
    joiningSince ??= elapsed()
    const answer = await members.join(me)
    if ('joined' in answer) {
      joiningSince = undefined
      return true
    }
    // Heard of since this one began: it is no former self, which was killed before.
    const sinceMs = elapsed() - joiningSince
    if (sinceMs > Math.min(FORMER_SELF_MS, answer.by.seenAgoMs + CHECK_MS)) tell(takenName(name, answer.by) + silence())
    return false
  }

  const mayStart = async ({ project, base, files }: NewOffer): Promise<boolean> => {
    const path = projects.find((one) => one.name === project)?.path
    if (path === undefined) return false
    if (base === undefined || (await startsFrom(path, base))) return true
    const about = `${project} ${base}`
    if (!declined.has(about))
      onTrouble(
        `${files.map((file) => file.name).join(', ')} is offered for ${project} at ${base.slice(0, 8)}, which is not in ${path}. Update that checkout, and this machine takes it.`,
      )
    declined.add(about)
    return false
  }

  const parking = createParking({ elapsed, parkMs, read: store.read, leased, here: name })
  const startAgain = createStartAgain({
    leasedFrom: (run, lease, why) => leased(run, lease, why, run.lease.state),
    ...{ elapsed, me, mayStart, onTrouble, runs, stateDir: config.stateDir, api: runner.api },
    isAskOpen: (id) => store.read.openAsks().some(({ runId }) => runId === id),
  })

  /** What others have pushed of a run that nobody has worked on here. */
  const workBefore = async ({ id, fence, project }: TakenRun, known: LeasedRun | undefined) => {
    const here = projects.find((one) => one.name === project)
    if (fence === 1 || !here || known?.startedAt !== undefined) return undefined
    return pushedBefore(here, id).catch((error: Error) => {
      onTrouble(
        `${project}: a run of another machine starts from its beginning, since what that pushed cannot be fetched: ${error.message}`,
      )
      return undefined
    })
  }

  const takeOne = async ({ machines }: Connected): Promise<boolean> => {
    const open = store.read.runs({ openOnly: true, limit: RECENT })
    const busy = new Set(open.filter((run) => !isToBeDecided(run)).map(({ queue }) => queue))
    const returning = open.flatMap(({ queue, lease }) =>
      lease?.state === 'waits' && !isOfSource(lease.offer) ? [queue] : [],
    )
    const free = me.projects.filter((project) => !busy.has(project))
    if (free.length + returning.length === 0) return false
    const askedAt = elapsed()
    const taken = await machines.take({ free, returning, mayStart })
    if (!taken) return false
    leases.taken(taken.id, askedAt)
    const known = open.find(({ lease }) => lease?.offer === taken.id) as LeasedRun | undefined
    const before = await workBefore(taken, known)
    if (known) {
      const lease = { offer: taken.id, fence: taken.fence, state: 'held' as const, ...(before && { before }) }
      await leased(known, lease, 'This machine has the run now.')
      return true
    }
    const accepted = await acceptRun({ stateDir: config.stateDir, api: runner.api }, taken, { before })
    if ('refused' in accepted)
      await machines.finish(taken, { state: 'failed', text: `${name}: ${accepted.refused}`, costUsd: 0, done: [] })
    return true
  }

  const finishEnded = async ({ machines }: Connected) => {
    for (const run of runs()) {
      if (run.state === 'open' || run.lease.state === 'refused' || isToBeDecided(run)) continue
      const { offer, fence } = run.lease
      const counts = await machines.finish({ id: offer, fence }, resultOf(run, store.read.tasks(run.id), offer))
      await leased(run, { offer, fence, state: counts ? 'over' : 'lost' })
    }
  }

  const noteOffered = async ({ machines }: Connected) => {
    for (const run of await machines.unnoted()) {
      for (const problem of (await ports.noteDone?.(run)) ?? []) onTrouble(problem)
      await machines.noted(run.id)
    }
  }

  const doChores = async (on: Connected, { unnoted }: Pulse) => {
    await ports.across?.round().catch(onError)
    if (unnoted) await noteOffered(on)
    if (forgotAt !== undefined && elapsed() - forgotAt <= FORGET_MS) return
    forgotAt = elapsed()
    await forgetOld(on.database)
  }

  const round = async (): Promise<number> => {
    connected ??= await connect()
    if (!joined) {
      joined = await joinOthers(connected)
      // What the daemon showed before it ended is nobody's to answer.
      if (joined && ports.isOnlyListening) await connected.crossing.show({})
    }
    if (!joined) return RENEW_MS
    const { members, machines, crossing, sources } = connected
    ports.across?.use(crossing)
    const pulse = await members.pulse(me)
    if (!pulse.isMember) {
      joined = false
      ports.across?.use(undefined)
      ports.sources?.lapse()
      await leases.letGo(`Stopped: another process has joined as ${name}.`)
      return CHECK_MS
    }
    await leases.renew()
    await ports.sources?.round(sources, leases.taken)
    await finishEnded(connected)
    if (ports.isOnlyListening) return Math.min(RENEW_MS, waitFor(ports.sources?.nextExpiryMs()))
    await parking.round(openRuns(), machines)
    await startAgain.round(machines)
    // However long they take, they keep nobody from renewing or taking runs.
    chores ??= doChores(connected, pulse)
      .catch(onError)
      .finally(() => {
        chores = undefined
      })
    tell(pulse.tooOld)
    // What it has it brings to its end, as long as that is possible.
    if (pulse.tooOld !== undefined) return RENEW_MS
    if (pulse.lapsed) await machines.expire()
    if ((pulse.waiting || pulse.lapsed) && (await takeOne(connected))) return 0
    return Math.min(waitFor(pulse.nextExpiryMs), waitFor(ports.sources?.nextExpiryMs()))
  }

  /** Looks now, or once more after the look that is on. */
  const look = () => {
    again = true
    if (isStopped) return
    clearTimeout(timer)
    running ??= work().finally(() => {
      running = undefined
      if (again) look()
    })
  }
  const work = async () => {
    let waitMs = RENEW_MS
    while (again && !isStopped) {
      again = false
      try {
        waitMs = await round()
      } catch (error) {
        waitMs = error instanceof MachinesError ? TOO_OLD_MS : RENEW_MS / 2
        ports.across?.away()
        ports.sources?.away()
        const newer = await connected?.database.newerBaton(error).catch(() => undefined)
        if (!isStopped) tell((newer ?? awayText(error)) + silence())
      }
      if (waitMs === 0) again = true
    }
    if (!isStopped) timer = setTimeout(look, waitMs)
  }

  const check = setInterval(() => {
    leases.check().catch(onError)
    watchdog.watch(pids())
  }, CHECK_MS)
  // At once: a daemon that is frozen a moment later cannot end anything.
  runner.bar(leases.mayBegin)
  const unspawn = runner.onSpawn((runId, pid) => {
    begun.set(pid, runId)
    watchdog.watch(pids())
  })
  const unfollow = runner.api.follow(({ type }) => {
    // What ended here is reported, and the next one taken.
    if (type === 'run.ended' || type === 'ask.answered' || type === 'ask.approved') look()
    ports.across?.changed()
  })
  look()
  return {
    offer: async (offer) => offerKnown(need().machines, need().members.list, offer),
    async stop() {
      isStopped = true
      clearTimeout(timer)
      clearInterval(check)
      unfollow()
      unspawn()
      watchdog.stop()
      const goodbye = async () => {
        await running
        await chores
        if (!connected) return
        const { members, database, sources, stopListening } = connected
        if (joined && ports.isOnlyListening) {
          // What was noted at the end is known to whoever takes it.
          await ports.sources?.round(sources, leases.taken)
          // What is still worked on must be over before anybody else begins.
          if (openRuns().length === 0) await sources.giveBack()
        }
        if (joined) await ports.across?.stop()
        if (joined) await members.leave(me)
        await stopListening()
        await database.close()
      }
      // A database that is away keeps nobody from ending.
      const late = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS).unref())
      await Promise.race([goodbye().catch(() => undefined), late])
    },
  }
}

/** Until the next lease is over. */
function waitFor(nextExpiryMs: number | undefined): number {
  return nextExpiryMs === undefined ? RENEW_MS : Math.min(RENEW_MS, Math.max(CHECK_MS, nextExpiryMs + 50))
}

/** More than are open at once. */
const RECENT = 200

/** Who this state folder is: a copy of it says the same. */
function homeId({ kept }: Pick<Store<unknown>, 'kept'>): string {
  const known = kept.get<string>('machine:home')
  if (known !== undefined) return known
  const made = randomUUID()
  kept.set('machine:home', made)
  return made
}
