import { setTimeout as sleep } from 'node:timers/promises'
import type { DeploymentCheck } from '../config/types.ts'
import type { CheckResult } from '../core/types.ts'

/** Whether a deployment is well, and what was seen where it is not. */
export type DeploymentChecked = { ok: true } | { ok: false; why: string }

export interface DeploymentCheckPorts {
  fetch: (url: string, init: { signal: AbortSignal; redirect: 'manual' }) => Promise<Response>
  /** Runs one command; with the variables. */
  run: (command: string, variables: Record<string, string>) => Promise<CheckResult>
  now: () => number
  signal: AbortSignal
}

/** One answer must come within this. */
const ANSWER_MS = 10_000
/** So much of an answer is looked at. */
const MOST_BYTES = 1_000_000

/** `$SHA` and `${SHA}` in a text are what the variables say; others stay as they are. */
function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced?: string, bare?: string) => variables[braced ?? bare ?? ''] ?? whole,
  )
}

/** Whether the check can tell one commit from another. */
export function tellsApart(check: DeploymentCheck): boolean {
  const texts = 'commands' in check ? check.commands : [check.url, check.contains ?? '']
  return texts.some((text) => /\$\{?SHA\b/.test(text))
}

/**
 * Looks whether what the variables name is well. `once`: only what is seen now counts, and not what may come. An address must be
 * good for as long as `for` says, without a bad answer in between.
 */
export async function checkDeployment(
  check: DeploymentCheck,
  variables: Record<string, string>,
  ports: DeploymentCheckPorts,
  { once = false } = {},
): Promise<DeploymentChecked> {
  if ('commands' in check) {
    for (const command of check.commands) {
      const result = await ports.run(command, variables)
      if (!result.ok)
        return {
          ok: false,
          why: `${command}: ${result.timedOut ? 'ran out of time' : `exit ${result.exitCode ?? 'unknown'}`}\n${result.output}`.trim(),
        }
    }
    return { ok: true }
  }
  const { forMs, everyMs, withinMs } = once ? { ...check, forMs: 0, withinMs: 0 } : check
  const url = fillIn(check.url, variables)
  const contains = check.contains === undefined ? undefined : fillIn(check.contains, variables)
  const endsAt = ports.now() + withinMs
  let goodSince: number | undefined
  for (;;) {
    ports.signal.throwIfAborted()
    const askedAt = ports.now()
    const why = await look(url, check.status, contains, ports)
    if (why === undefined) {
      // A slow answer is one answer, and no time in which it was well.
      goodSince ??= ports.now()
      if (ports.now() - goodSince >= forMs) return { ok: true }
    } else goodSince = undefined
    // A good time that has begun may come to its end.
    const isTooLate =
      ports.now() + everyMs > (goodSince === undefined ? endsAt : Math.max(endsAt, goodSince + forMs + everyMs))
    if (isTooLate) return { ok: false, why: why ?? `${url} did not stay healthy for long enough` }
    await sleep(Math.max(0, askedAt + everyMs - ports.now()), undefined, { signal: ports.signal })
  }
}

/** What is wrong with an answer; undefined: nothing. */
async function look(
  url: string,
  status: number,
  contains: string | undefined,
  ports: DeploymentCheckPorts,
): Promise<string | undefined> {
  const signal = AbortSignal.any([ports.signal, AbortSignal.timeout(ANSWER_MS)])
  try {
    const answer = await ports.fetch(url, { signal, redirect: 'manual' })
    const text = contains === undefined ? '' : await textOf(answer)
    await answer.body?.cancel().catch(() => undefined)
    if (answer.status !== status) return `${url} answers ${answer.status}, not ${status}`
    if (contains !== undefined && !text.includes(contains)) return `${url} does not say ${contains}`
    return undefined
  } catch (error) {
    ports.signal.throwIfAborted()
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
    return `${url} does not answer: ${cause?.code ?? cause?.message ?? message}`
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  for (let part = await reader?.read(); part && !part.done && length < MOST_BYTES; part = await reader?.read()) {
    chunks.push(part.value)
    length += part.value.length
  }
  await reader?.cancel().catch(() => undefined)
  reader?.releaseLock()
  return Buffer.concat(chunks).toString('utf8')
}
