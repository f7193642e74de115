import { access, constants, realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeText } from '../text/bytes.ts'
import { exchange, quietMs, readQuiet, sweepTemporary } from './exchange.ts'

/** What was written, and whether that changed the file; or why not, with the system's `code` (`ENOSPC` …) if it refused. */
export type Rewritten<T> = (T & { changed: boolean }) | { problem: string; code?: string }

/** Makes the new text of an old one, or says why not. May be called several times. */
export type Rewrite<T extends { text: string }> = (text: string) => T | { problem: string }

/** A file that somebody writes into all the time is left alone after so many tries. */
const mostTries = 30
/** So many of them hold back for anything that happens in the folder. */
const carefulTries = 20
/** Some editors move a file away before they write the new one, and a busy machine lets them stand still in between. */
const mostAbsences = 40

/**
 * Changes a text file so that it holds the old or the new content at any moment, whatever is killed. An edit of somebody
 * else meanwhile is never lost: the file is read again right before the exchange, and the replaced one right after it;
 * where something has changed, the change is made again to what they wrote. Links are followed, the mode is kept.
 */
export async function rewriteFile<T extends { text: string }>(
  path: string,
  rewrite: Rewrite<T>,
): Promise<Rewritten<T>> {
  for (let tries = 1; ; tries++) {
    try {
      const file = await realpath(path)
      await access(file, constants.W_OK)
      await sweepTemporary(file)
      return await change(file, rewrite)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (code !== 'ENOENT' || tries === mostAbsences) return { problem: refusal(path, error), ...(code && { code }) }
      await sleep(quietMs)
    }
  }
}

function refusal(path: string, error: unknown): string {
  return `${path} could not be written: ${error instanceof Error ? error.message : String(error)}`
}

async function change<T extends { text: string }>(file: string, rewrite: Rewrite<T>): Promise<Rewritten<T>> {
  // What is at the path, and what the change is made to: the same, unless an edit came in at the last moment.
  let standing = await readQuiet(file)
  let base = standing
  let changed = false
  for (let tries = 0; tries < mostTries; tries++) {
    const decoded = decodeText(base)
    const made = 'text' in decoded ? rewrite(decoded.text) : { problem: decoded.message }
    const bytes = 'problem' in made ? base : Buffer.from(made.text)
    if (bytes.equals(standing)) {
      if (!('problem' in made)) return { ...made, changed }
      // A file that is being written may lack the task for a moment: only what has stopped changing is believed.
      await sleep(quietMs)
      base = await readQuiet(file)
      if (base.equals(standing)) return { problem: made.problem }
      standing = base
      continue
    }
    const { done, late } = await exchange(file, standing, bytes, tries >= carefulTries)
    changed ||= done
    if (done && !late && !('problem' in made)) return { ...made, changed }
    standing = done ? bytes : await readQuiet(file)
    base = late ?? standing
  }
  return { problem: `${file} keeps changing` }
}
