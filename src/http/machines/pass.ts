import { randomUUID } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { keepNewest } from '../../keep-newest.ts'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { iso } from '../present/moment.ts'
import { onlyJson, parseBody } from '../serve-route.ts'
import { othersOf } from './others.ts'
import { COMMANDS, OF_ONE, PASSED } from './serve.ts'

const MOST_REMEMBERED = 2_000

/** Has calls about a run or an ask of another machine answered there: the same as a call of its own API. */
export function passToOwner(parts: Parts): RequestHandler[] {
  const { api, gate, fromOutside, machines } = parts
  if (!machines) return []
  /** By runs and asks, also those that were shown a while ago: of an ask that is over its own machine says how it was decided. */
  const owners = new Map<string, string>()
  let seen = -1
  const remember = () => {
    if (machines.changes() === seen) return
    seen = machines.changes()
    const { sessions, asks } = othersOf(parts)
    for (const { session_id, machine } of sessions) keepNewest(owners, session_id, machine, MOST_REMEMBERED)
    for (const { id, machine } of asks) keepNewest(owners, id, machine, MOST_REMEMBERED)
  }
  const ownerOf = (id: string): string | undefined => {
    if (api.view.run(id) || api.view.ask(id)) return undefined
    return owners.get(id)
  }
  /** Whose run or ask this is; undefined: it is for this machine. */
  const ownerIn = (id: unknown, { headers }: Request) => {
    remember()
    return typeof id !== 'string' || headers[PASSED] !== undefined ? undefined : ownerOf(id)
  }
  const find: RequestHandler = async (req, res, next) => {
    const isCommand = req.method === 'POST' && req.path === COMMANDS
    if (req.method !== 'GET' && req.method !== 'POST') return next('router')
    const owner = ownerIn(OF_ONE.exec(req.path)?.[1], req)
    if (owner === undefined && !isCommand) return next('router')
    gate.token(req)
    await fromOutside(req)
    res.locals.owner = owner
    next()
  }
  /** Of a command the body says which run it is about. */
  const findInBody: RequestHandler = (req, res, next) => {
    res.locals.owner ??= ownerIn((req.body as { session_id?: unknown } | undefined)?.session_id, req)
    next(res.locals.owner === undefined ? 'router' : undefined)
  }
  const pass: RequestHandler = async (req, res) => {
    const owner: string = res.locals.owner
    const method = req.method === 'GET' ? 'GET' : 'POST'
    const key = req.get('idempotency-key') ?? randomUUID()
    try {
      const call = { method, path: req.url, ...(method === 'POST' && { body: req.body ?? {}, key }) } as const
      if (machines.others().some(({ machine, silentSince }) => machine === owner && silentSince !== undefined))
        throw new Error('Nobody would answer.')
      const { status, type, text } = await machines.call(owner, call)
      res.status(status).type(type).send(text)
    } catch {
      const since = machines.others().find(({ machine }) => machine === owner)?.silentSince
      const silent = since === undefined ? 'does not answer at the moment' : `was last heard of at ${iso(since)}`
      throw new HttpFailure(503, 'machine-away', `${owner} has it, and ${silent}.`)
    }
  }
  return [find, onlyJson, parseBody, findInBody, pass]
}
