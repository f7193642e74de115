import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'
import { SlackCallError, slackTroubleOf } from './api-errors.ts'

export interface SlackAddress {
  /** Default: Slack's own. */
  apiUrl?: string
}

/** Calls a method of Slack's Web API. Everything it throws is a SlackCallError, which holds neither the token nor what was sent. */
export type CallSlack = <T = Record<string, unknown>>(
  method: string,
  fields?: Record<string, unknown>,
  signal?: AbortSignal,
) => Promise<T>

const TIMEOUT_MS = 15_000
const SLACK = 'https://slack.com/api/'

const silent = {
  ...{ debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, setLevel: () => {}, setName: () => {} },
  getLevel: () => LogLevel.ERROR,
}

/**
 * What the official client is given: by its defaults it posts again after a lost answer, stops all calls for one that has to
 * wait, and waits for an answer without end. It logs nothing, since what it logs holds what was said.
 */
export function clientOptions({ apiUrl = SLACK }: SlackAddress): WebClientOptions {
  return {
    slackApiUrl: `${apiUrl.replace(/\/+$/, '')}/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    allowAbsoluteUrls: false,
    logger: silent,
  }
}

/** Connects to the Web API with a token. */
export function connectSlack(token: string, address: SlackAddress): CallSlack {
  const client = new WebClient(token, clientOptions(address))
  return async <T>(method: string, fields: Record<string, unknown> = {}, signal?: AbortSignal) => {
    signal?.throwIfAborted()
    const call = client.apiCall(method, fields).catch((error: unknown) => {
      throw new SlackCallError(method, slackTroubleOf(error))
    })
    return (signal ? await orAborted(call, signal) : await call) as T
  }
}

/** The client takes no signal: a call that is aborted is left to end, and counts as in doubt. */
function orAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
