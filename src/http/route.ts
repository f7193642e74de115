import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { Actor } from '../core/types.ts'
import type { Idempotency } from './idempotency.ts'

/** Who may call a route: anybody, who has the API token (or is logged in), who knows the webhook secret, or who signed the body with one. */
type Access = 'open' | 'token' | 'secret' | 'signature'

/** The content type of a form. */
export const FORM = 'application/x-www-form-urlencoded'

/** What a handler answers with. */
export type RouteAnswer = { status?: number; json: unknown } | { status?: number; text: string; type: string }

/** A request whose every part was checked. */
export interface RouteCall<P, Q, B> {
  params: P
  query: Q
  body: B
  /** For the history: who did it. Nobody is known where a route is open. */
  by: Actor
  /** From `Idempotency-Key`. */
  once?: Idempotency
  /** What a signature is over: the body as it came. Empty where a route needs no signature. */
  raw: Buffer
  req: Request
  res: Response
}

export interface AnswerSpec {
  description: string
  schema?: z.ZodType
  /** Media type; default `application/json`. */
  type?: string
}

/** One route: served, documented and tested from the same description. */
export interface RouteShape<P, Q, B> {
  method: 'get' | 'post'
  /** As express reads it: `/api/status/:session_id`. */
  path: string
  access: Access
  /** One line for people. */
  summary: string
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  answers: Record<number, AnswerSpec>
  /** Gives the answer, or undefined when it writes the response (streams) itself. */
  handle: (call: RouteCall<P, Q, B>) => RouteAnswer | undefined | Promise<RouteAnswer | undefined>
}

export type Route = RouteShape<unknown, unknown, unknown>

/** Checks the types of one route and forgets them, so that routes fit into one table. */
export function defineRoute<P, Q, B>(shape: RouteShape<P, Q, B>): Route {
  return shape as unknown as Route
}
