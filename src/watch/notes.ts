import { resolve } from 'node:path'
import type { KeptValues } from '../core/kept-values.ts'
import type { TaskSpec } from '../core/types.ts'
import { readPlain } from '../files/plain.ts'
import { createWatch, type Watch } from './watch.ts'

export interface NoteWatchPorts {
  /** Absolute; names of files are seen from here. */
  home: string
  /** Patterns of the notes of each project. */
  projects: readonly { name: string; notes: readonly string[] }[]
  /** The files that patterns name, seen from home. */
  findFiles: (patterns: readonly string[]) => readonly string[]
  meta: KeptValues
  /** A note is new or says something new. Called inside the transaction that notes it as announced, so it must not wait. */
  onNote: (note: { project: string; file: string }) => void
  onError: (error: unknown) => void
  settleMs?: number
  lookMs?: number
}

/** Notes are written slowly: nobody wants to be asked while still writing. */
const SETTLE_MS = 20_000

/** Notices notes to plan from, each content once. To the watch, a note is a file with one task: all that it says. */
export function createNoteWatch(ports: NoteWatchPorts): Watch {
  const { home, projects, meta, onNote, onError, settleMs = SETTLE_MS, lookMs } = ports
  const patternsOf = (key: string) => projects.find(({ name }) => keyOf(name) === key)?.notes ?? []
  const nameOf = (key: string) => projects.find(({ name }) => keyOf(name) === key)?.name ?? key
  return createWatch({
    home,
    projects: projects.map(({ name, notes }) => ({ name: keyOf(name), tasks: notes })),
    findFiles: (key) => ports.findFiles(patternsOf(key)),
    read: async (_, file) => {
      const text = (await readPlain(resolve(home, file))).toString('utf8').trim()
      return { specs: text === '' ? [] : [specOf(file, text)], problems: [] }
    },
    known: () => () => false,
    meta,
    onFound: ({ project, file }) => onNote({ project: nameOf(project), file }),
    onBroken: () => undefined,
    onError,
    settleMs,
    ...(lookMs !== undefined && { lookMs }),
  })
}

const keyOf = (project: string) => `notes of ${project}`

function specOf(file: string, instruction: string): TaskSpec {
  return {
    origin: { source: 'files', ref: file, file, line: 1, form: 'section' },
    title: file,
    priority: 'medium',
    criteria: [],
    verify: [],
    instruction,
    context: '',
    done: false,
  }
}
