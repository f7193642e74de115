import { closeSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { placeOf, type StartPlace } from '../../files/not-started.ts'
import { openPlainSync, readPlainSync } from '../../files/plain.ts'
import { writePrivate } from '../../files/private.ts'
import { record, text } from '../stream/json-shape.ts'
import { readVersion } from './version.ts'

/**
 * The version that a program reported, kept as long as the program is the same, so that it is not started for that alone each
 * time. What is kept can be lost or wrong without harm: it is only believed of the very file that reported it.
 */
export interface KnownVersions {
  recall(identity: string): string | undefined
  keep(identity: string, version: string): void
}

const FILE = 'claude-version.json'
const LARGEST_BYTES = 64 * 1024
/** So many projects with another program each. */
const MOST = 8

/** Those in the folder of the state. */
export function knownVersions(stateDir: string): KnownVersions {
  const path = join(stateDir, FILE)
  return {
    recall: (identity) => read(path).find((known) => known.identity === identity)?.version,
    keep(identity, version) {
      const others = read(path).filter((known) => known.identity !== identity)
      try {
        writePrivate(path, `${JSON.stringify([{ identity, version }, ...others].slice(0, MOST))}\n`)
      } catch {
        // A full disk, or something else is there: it is asked again next time.
      }
    },
  }
}

function read(path: string): { identity: string; version: string }[] {
  try {
    const kept: unknown = JSON.parse(readPlainSync(path, LARGEST_BYTES).toString('utf8'))
    return (Array.isArray(kept) ? kept : []).flatMap((one) => {
      const identity = text(record(one)?.identity)
      const version = text(record(one)?.version)
      if (identity === undefined || version === undefined) return []
      return version === readVersion(version)?.join('.') ? [{ identity, version }] : []
    })
  } catch {
    return []
  }
}

/**
 * What tells this program from any other and from itself after an update: its place, its real file, that file's size and
 * times, and the same of the Node that runs it. Undefined where the file does not say what will run: more words than the
 * program, a shell script around it, the shim of a version manager, which chooses by folder.
 */
export function programIdentity(command: readonly string[], place: StartPlace): string | undefined {
  const [program = '', ...words] = command
  const at = words.length === 0 ? placeOf(program, place) : undefined
  if (at === undefined) return undefined
  try {
    const file = factsOf(at)
    if (!file.real.includes('claude')) return undefined
    const start = startOf(file.real)
    if (isNative(start)) return JSON.stringify([at, file])
    const node = nodeOf(start, place)
    return node && basename(node.real).startsWith('node') ? JSON.stringify([at, file, node]) : undefined
  } catch {
    return undefined
  }
}

function factsOf(path: string) {
  const real = realpathSync(path)
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(real, { bigint: true })
  return { real, facts: [dev, ino, size, mtimeNs, ctimeNs].map(String) }
}

/** What the kernel reads of a program to see how to run it. */
const START_BYTES = 256

function startOf(path: string): Buffer {
  const file = openPlainSync(path)
  try {
    const start = Buffer.alloc(START_BYTES)
    return start.subarray(0, readSync(file, start, 0, START_BYTES, 0))
  } finally {
    closeSync(file)
  }
}

/** Programs of Linux, and of macOS for one processor or for several. */
const NATIVE = ['7f454c46', 'cffaedfe', 'cafebabe']

const isNative = (start: Buffer): boolean => NATIVE.includes(start.toString('hex', 0, 4))

function nodeOf(start: Buffer, place: StartPlace) {
  const [, named, viaEnv] = /^#![ \t]*(\S+)(?:[ \t]+(\S+))?[ \t]*\r?\n/.exec(start.toString('utf8')) ?? []
  if (named === undefined) return undefined
  if (basename(named) !== 'env') return factsOf(named)
  const node = viaEnv === undefined ? undefined : placeOf(viaEnv, place)
  return node === undefined ? undefined : factsOf(node)
}
