import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { onlyJson, parseBody } from '../serve-route.ts'
import { othersOf } from './others.ts'
import { OF_ONE, PASSED } from './serve.ts'

/** Has calls about a run or an ask of another machine answered there: the same as a call of its own API. */
export function passToOwner(parts: Parts): RequestHandler[] {
  const { api, gate, fromOutside, machines } = parts
  if (!machines) return []
  const ownerOf = (id: string): string | undefined => {
    if (api.view.run(id) || api.view.ask(id)) return undefined
    const { sessions, asks } = othersOf(parts)
    return (sessions.find((run) => run.session_id === id) ?? asks.find((ask) => ask.id === id))?.machine
  }
  const find: RequestHandler = async (req, res, next) => {
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
