import { globSync, lstatSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, resolve } from 'node:path'
import type { CallVerdict } from '../core/tool-call.ts'
import { isFolder } from '../files/real-path.ts'
import { programOf } from './judge-command.ts'
import { type Simple, simpleCommands } from './shell-words.ts'

/** What judging a loss needs to know. */
export interface LossPorts {
  /** Whether `undo` could bring back all that stands at an absolute path, or below it. */
  canRestore: (path: string) => boolean
  /** The user's configuration lets this program run unasked. */
  isAllowed: (program: string) => boolean
}

/** Its name, or the names it goes through, are only known when it runs. */
const OPEN = Symbol('open')
type Target = string | typeof OPEN

const ENDS = new Set(['rm', 'rmdir', 'unlink', 'shred', 'truncate'])
const COPIES = new Set(['cp', 'mv', 'install', 'ln'])
const MOST_TARGETS = 200
/** At the end of a name that is only meant where it is not a folder; no name holds it. */
const FILE_ALONE = /\0$/
/** Nothing is kept there; or a channel, and no file. */
const NO_FILE = /^(\/dev\/(null|stdout|stderr|tty|fd\/\d+)|\d+|-)$/

/**
 * What Baton says to a shell command that removes or overwrites files which no checkpoint holds: those that git ignores, those of
 * inner repositories, those outside the repository. `undo` could not give them back, so a person is asked, also where Claude
 * Code would run the command unasked. What is not there cannot be lost.
 */
export function judgeLoss(command: string, cwd: string, { canRestore, isAllowed }: LossPorts): CallVerdict | undefined {
  let folder: Target = cwd
  for (const simple of simpleCommands(command)) {
    const { program, args } = programOf(simple.words)
    if (program === 'cd' || program === 'pushd') {
      const to = args.find((word) => !word.startsWith('-')) ?? '~'
      folder = folder === OPEN || isOpen(to) || args.includes('-') ? OPEN : at(to, folder)
      continue
    }
    if (isAllowed(program)) continue
    for (const target of targetsOf(simple, program, args, folder)) {
      if (target === OPEN)
        return { do: 'ask', why: `With ${program} this may remove or overwrite files that undo cannot bring back.` }
      if (isThere(target) && !canRestore(target))
        return { do: 'ask', why: `This removes or overwrites ${target}, which undo cannot bring back.` }
    }
  }
  return undefined
}

/** The same for a file that one of Claude's tools would change or write over. */
export function judgeEdit(
  file: string,
  cwd: string,
  { canRestore }: Pick<LossPorts, 'canRestore'>,
): CallVerdict | undefined {
  const path = at(file, cwd)
  if (!isThere(path) || canRestore(path)) return undefined
  return { do: 'ask', why: `This changes ${path}, which undo cannot bring back as it is now.` }
}

function targetsOf(simple: Simple, program: string, args: string[], folder: Target): Target[] {
  const words = [...lostBy(program, args, simple.words), ...simple.replaces].filter(
    (word) => word === OPEN || !NO_FILE.test(word),
  )
  if (folder === OPEN) return words.length > 0 ? [OPEN] : []
  return words.flatMap((word): Target[] => {
    if (word === OPEN || isOpen(word)) return [OPEN]
    const path = at(word.replace(FILE_ALONE, ''), folder)
    if (FILE_ALONE.test(word) && isFolder(path)) return []
    if (!/[*?[{]/.test(word)) return [path]
    // More would be a walk through the whole disk.
    if (word.includes('**') || word.split('/').filter((part) => /[*?[{]/.test(part)).length > 1) return [OPEN]
    const found = [path, ...globSync(path)]
    return found.length > MOST_TARGETS ? [OPEN] : found
  })
}

/** The files that a program takes away or writes over, as they are named. */
function lostBy(program: string, args: string[], words: readonly string[]): Target[] {
  const files = args.filter((word) => !word.startsWith('-'))
  const has = (flag: RegExp) => args.some((word) => flag.test(word))
  const isFed = words.some((word) => basename(word) === 'xargs')
  if (isFed && endsFiles(program)) return [OPEN]
  if (ENDS.has(program)) return files
  if (COPIES.has(program)) return copiedOver(program, args, files)
  switch (program) {
    case 'tee':
    case 'sponge':
      return has(/^(-a|--append)$/) ? [] : files
    case 'dd':
      return args.flatMap((word) => /^of=(.+)$/.exec(word)?.[1] ?? [])
    case 'sed':
    case 'perl':
      return has(/^(-[a-zA-Z]*i|--in-place)/) ? files.slice(has(/^(-e|-f|--expression|--file)/) ? 0 : 1) : []
    case 'find':
    case 'fd': {
      const runs = has(/^(-exec.*|-ok.*|-x|-X)$/) && args.some(endsFiles)
      if (!runs && !has(/^-(delete|fprint.*|fls)$/)) return []
      const flagAt = args.findIndex((word) => /^[-(!]/.test(word))
      const folders = args.slice(0, flagAt === -1 ? undefined : flagAt)
      return folders.length > 0 ? folders : ['.']
    }
    case 'git':
      return files[0] === 'clean' && has(/^-[a-zA-Z]*([xX]|f[a-zA-Z]*f)/) ? ['.'] : []
    case 'tar': {
      const extracts = args.some(
        (word, i) => (i === 0 || word.startsWith('-')) && /^(-?[a-zA-Z]*x|--extract$|--get$)/.test(word),
      )
      return extracts ? [wordAfter(args, /^(-C|--directory)$/) ?? '.'] : []
    }
    case 'unzip':
      return has(/^-[a-zA-Z]*o/) ? [wordAfter(args, /^-d$/) ?? '.'] : []
    case 'rsync':
      return files.slice(-1)
    default:
      return []
  }
}

function endsFiles(word: string): boolean {
  const program = basename(word)
  return ENDS.has(program) || COPIES.has(program) || /^(sed|perl|dd|tee|sh|bash|zsh|dash)$/.test(program)
}

/** What is at the place that something is put to; and of `mv` what it takes away, which undo would look for there. */
function copiedOver(program: string, args: string[], files: string[]): string[] {
  const has = (flag: RegExp) => args.some((word) => flag.test(word))
  const isCareful = has(/^(-[a-zA-Z]*n|--no-clobber)/) || (program === 'ln' && !has(/^(-[a-zA-Z]*f|--force)/))
  const into =
    args.flatMap((word) => /^--target-directory=(.+)$/.exec(word)?.[1] ?? [])[0] ?? wordAfter(args, /^-[a-zA-Z]*t$/)
  const sources = into === undefined ? files.slice(0, -1) : files.filter((word) => word !== into)
  const to = into ?? files.at(-1)
  const taken = program === 'mv' ? sources : []
  if (isCareful || to === undefined) return taken
  // Into a folder, it is what bears their names there.
  const names = sources.map((source) => `${to}/${basename(source)}`)
  return [...taken, ...names, ...(into === undefined ? [`${to}\0`] : [])]
}

const wordAfter = (args: readonly string[], flag: RegExp): string | undefined =>
  args[args.findIndex((word) => flag.test(word)) + 1 || args.length]

/** A name that a shell puts together while it runs. */
const isOpen = (word: string): boolean => /[$`]/.test(word.replace(/^\$(HOME|PWD)(?=\/|$)/, ''))

const at = (word: string, folder: string): string =>
  resolve(folder, word.replace(/^(~|\$HOME)(?=\/|$)/, homedir()).replace(/^\$PWD(?=\/|$)/, folder))

/** What cannot be looked at may be there. */
function isThere(path: string): boolean {
  try {
    return Boolean(lstatSync(path))
  } catch (error) {
    return !/^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')
  }
}
