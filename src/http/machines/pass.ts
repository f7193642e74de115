import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { keepNewest } from '../../keep-newest.ts'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { onlyJson, parseBody } from '../serve-route.ts'
import { othersOf } from './others.ts'
import { OF_ONE, PASSED } from './serve.ts'

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
  const find: RequestHandler = async (req, res, next) => {
    remember()
    const [, id] = OF_ONE.exec(req.path) ?? []
    const owner = id === undefined || req.headers[PASSED] !== undefined ? undefined : ownerOf(id)
    if (owner === undefined || (req.method !== 'GET' && req.method !== 'POST')) return next('router')
    gate.token(req)
    await fromOutside(req)
    res.locals.owner = owner
    next()
  }
  const pass: RequestHandler = async (req, res) => {
    const owner: string = res.locals.owner
    const method = req.method === 'GET' ? 'GET' : 'POST'
    const key = req.get('idempotency-key') ?? randomUUID()
    try {
      const call = { method, path: req.url, ...(method === 'POST' && { body: req.body ?? {}, key }) } as const
      const { status, type, text } = await machines.call(owner, call)
      res.status(status).type(type).send(text)
    } catch {
      throw new HttpFailure(503, 'machine-away', `${owner} has it, and does not answer at the moment.`)
    }
  }
  return [find, onlyJson, parseBody, pass]
}
