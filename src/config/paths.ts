import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** A path as written in config.yaml, absolute: `~/` is the user's own folder, everything else is seen from home. */
export function fromHome(home: string, written: string): string {
  return resolve(home, expandTilde(written))
}

const expandTilde = (written: string): string =>
  written === '~' || written.startsWith('~/') ? join(homedir(), written.slice(1)) : written

/**
 * A program and its arguments. Text is one program when a file of that name is there, else it is cut at spaces, quotes
 * held together. Words that begin with `./`, `../` or `~/` become absolute, because Claude is started elsewhere.
 */
export function commandWords(written: string | readonly string[], home: string): string[] {
  const words = typeof written === 'string' ? cut(written, home) : written
  return words.map((word) => (/^(\.{1,2}|~)\//.test(word) ? fromHome(home, word) : word))
}

function cut(text: string, home: string): string[] {
  const trimmed = text.trim()
  if (!/\s/.test(trimmed)) return [trimmed]
  const whole = fromHome(home, trimmed)
  if (existsSync(whole)) return [whole]
  return [...trimmed.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  )
}
