import express, { type RequestHandler, type Response } from 'express'
import type { z } from 'zod'
import type { Actor } from '../core/types.ts'
import { HttpFailure } from './failure.ts'
import { idempotencyOf } from './idempotency.ts'
import type { Parts } from './parts.ts'
import { plainIssue } from './plain-issue.ts'
import { safeJson } from './present/body.ts'
import { FORM, type Route, type RouteAnswer } from './route.ts'

/** The caller of what needs no log-in; it changes nothing. */
const STRANGER: Actor = { surface: 'http', id: 'stranger', name: 'somebody' }

const LARGEST_BODY = 1_024 * 1_024

const JSON_TYPES = ['application/json', 'application/*+json']
/** What GitHub sends where nobody chose another content type is a form, and no page can sign one. */
const SIGNED_TYPES = [...JSON_TYPES, FORM]

/** Reads a body of JSON. */
export const parseBody = express.json({ limit: LARGEST_BODY, inflate: false, type: JSON_TYPES })

/** GitHub sends more than anybody else does. */
const LARGEST_SIGNED_BODY = 10 * LARGEST_BODY

const keepBody = express.raw({ limit: LARGEST_SIGNED_BODY, inflate: false, type: SIGNED_TYPES })

/** What express runs for a route: who calls, what was sent, and only then what it is for. */
export function handlersOf(parts: Parts, route: Route): RequestHandler[] {
  const { gate, fromOutside } = parts
  const meet: RequestHandler = async (req, res, next) => {
    measure(parts, route, res)
    // Before the body is read: strangers are not listened to.
    if (route.access === 'token') res.locals.by = gate.token(req).by
    if (route.access === 'open' || route.access === 'signature') res.locals.by = STRANGER
    if (route.access === 'token' || (route.access === 'open' && route.method === 'post')) await fromOutside(req)
    next()
  }
  const serve: RequestHandler = async (req, res) => {
    const raw = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)
    const body: unknown = route.access === 'signature' ? {} : (req.body ?? {})
    if (route.access === 'secret') {
      res.locals.by = gate.secret(body).by
      await fromOutside(req)
    }
    const once =
      route.method === 'post' ? idempotencyOf(req, { route: route.path, params: req.params, body }) : undefined
    const answer = await route.handle({
      params: validated(route.params, req.params, 'path'),
      query: validated(route.query, req.query, 'query'),
      body: validated(route.body, body, 'body'),
      by: res.locals.by as Actor,
      ...(once && { once }),
      raw,
      req,
      res,
    })
    if (answer) send(parts, res, answer)
  }
  if (route.access === 'signature') return [meet, onlyJsonOrForm, keepBody, serve]
  return route.method === 'post' ? [meet, onlyJson, parseBody, serve] : [meet, serve]
}

/** A form or plain text is what another site's page could send without asking. */
export const onlyJson = onlyTypes(JSON_TYPES)
const onlyJsonOrForm = onlyTypes(SIGNED_TYPES)

function onlyTypes(types: string[]): RequestHandler {
  return (req, _res, next) => {
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
    if (hasBody && !req.is(types))
      throw new HttpFailure(415, 'unsupported-media-type', 'The body must be JSON (Content-Type: application/json).')
    next()
  }
}

function send({ redact }: Parts, res: Response, answer: RouteAnswer): void {
  res.status(answer.status ?? 200)
  if ('json' in answer) res.type('json').send(safeJson(answer.json, redact))
  else res.setHeader('Content-Type', answer.type).send(answer.text)
}

function measure({ meter }: Parts, route: Route, res: Response): void {
  const startedAt = performance.now()
  res.once('finish', () => {
    meter.request(`${route.method.toUpperCase()} ${route.path} ${res.statusCode}`, performance.now() - startedAt)
  })
}

const MOST_TOLD = 8

/** The checked value. Throws HttpFailure that names what is wrong and where, but repeats nothing of what was sent. */
function validated<T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T {
  if (!schema) return undefined as T
  const { success, data, error } = schema.safeParse(value, { error: plainIssue })
  if (success) return data
  const told = error.issues.slice(0, MOST_TOLD).map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`)
  throw new HttpFailure(400, 'invalid', told.join('; '))
}
