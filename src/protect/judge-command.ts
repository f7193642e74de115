import { homedir } from 'node:os'
import { basename, matchesGlob, resolve } from 'node:path'
import type { CallVerdict } from '../core/tool-call.ts'
import { isFolder, realPath } from '../files/real-path.ts'
import type { Own, OwnFiles } from './own-files.ts'
import { namesIn, type Simple, simpleCommands } from './shell-words.ts'
import { askFirst, denyFixed, denySecret } from './verdict.ts'

/** Programs that change the files they are given. */
const WRITERS = new Set(
  (
    'rm rmdir unlink shred mv tee truncate dd chmod chown chgrp touch mkdir patch sponge install rsync setfacl chattr ' +
    'vi vim nano ed ex split csplit'
  ).split(' '),
)
/** Programs that change only the last file they are given. */
const COPIERS = new Set(['cp', 'ln', 'install', 'rsync', 'scp', 'uniq'])
/** Programs that only look, unless told otherwise. */
const READERS = new Set(
  (
    'cat tac head tail less more grep egrep fgrep rg ag wc ls stat file diff cmp sha1sum sha256sum md5sum cksum jq yq sort cut ' +
    'sed find fd tree realpath readlink echo printf test [ [[ cd pushd basename dirname nl od hexdump strings column ' +
    'bat comm paste fold pwd true false git'
  ).split(' '),
)
/** Programs that always walk through folders, and the options that make others do so. */
const DEEP = new Set(['rg', 'ag', 'tar', 'zip', 'rsync', 'find', 'fd', '7z', 'rgrep', 'ack'])
const DEEP_BY_FLAG = new Set(['grep', 'egrep', 'fgrep', 'cp', 'scp', 'rm', 'mv', 'chmod', 'chown', 'chgrp'])
const MOST_BASES = 24

/**
 * What Baton says to a shell command that names its own files. A name that a shell puts together while it runs is not seen
 * here: what is changed by it is found after the attempt.
 */
export function judgeCommand(own: OwnFiles, command: string, cwd: string): CallVerdict | undefined {
  const simple = simpleCommands(command)
  const env = { HOME: homedir(), PWD: cwd }
  const names = simple.map(({ words, writes }) => ({
    words: words.map((word) => namesIn(word, env)),
    writes: writes.map((word) => namesIn(word, env)),
  }))
  const bases = basesOf(
    own,
    names.flatMap(({ words }) => words.flat()),
    cwd,
  )
  const look = lookAt(own, bases)
  const verdicts = simple.flatMap((one, index) => judgeSimple(own, one, names[index] as Names, look, bases))
  return verdicts.find((verdict) => verdict.do === 'deny') ?? verdicts[0]
}

interface Names {
  words: string[][]
  writes: string[][]
}

type Look = (names: readonly string[]) => Own | undefined

function judgeSimple(own: OwnFiles, one: Simple, names: Names, look: Look, bases: string[]): CallVerdict[] {
  const { program, args, at } = programOf(one.words)
  const verdicts: (CallVerdict | undefined)[] = []
  const flags = args.filter((word) => word.startsWith('-'))
  for (const [index, word] of one.words.entries()) {
    if (EXCLUDES.test(word) || EXCLUDES_NEXT.test(one.words[index - 1] ?? '')) continue
    const found = look(names.words[index] ?? [])
    if (!found) continue
    const isUnknown = !WRITERS.has(program) && !COPIERS.has(program) && !onlyLooks(program, args)
    // For what is no tool for files, `logs` or `state` is a word of its own: npm run logs, terraform state.
    if (isUnknown && !/[./~]/.test(word)) {
      if (found.level === 'secret') verdicts.push(askFirst(found))
    } else if (found.level === 'secret') verdicts.push(denySecret(found))
    else if (index >= at && writesTo(program, flags, index === one.words.length - 1))
      verdicts.push(found.level === 'asked' ? askFirst(found) : denyFixed(found))
    else if (isUnknown && found.what !== "Baton's own program") verdicts.push(askFirst(found))
  }
  for (const target of names.writes) {
    const found = look(target)
    if (found)
      verdicts.push(
        found.level === 'secret' ? denySecret(found) : found.level === 'asked' ? askFirst(found) : denyFixed(found),
      )
  }
  verdicts.push(wholeFolder(own, { program, args, flags }, bases))
  return verdicts.filter((verdict) => verdict !== undefined)
}

const EXCLUDES = /^(--exclude|--ignore|--glob=!|-g!|!|:!|:\(exclude\))/
const EXCLUDES_NEXT = /^(--exclude(-dir)?|--ignore|-not|!)$/

/** Told otherwise: by a script for sed, by a program that find starts, by a name for the output. */
function onlyLooks(program: string, args: readonly string[]): boolean {
  if (!READERS.has(program)) return false
  if (args.some((word) => /^(-exec.*|-ok.*|-delete|-fprint.*|-fls|-x|-X|--exec.*|-o|--output.*)$/.test(word)))
    return false
  return (
    program !== 'sed' ||
    args.filter((word) => !word.startsWith('-')).every((word, i) => i > 0 || /^[\d,$;p ]+$/.test(word))
  )
}

function writesTo(program: string, flags: string[], isLast: boolean): boolean {
  if (COPIERS.has(program)) return isLast || flags.some((flag) => /^(-t|--target-directory)/.test(flag))
  if (program === 'sed' || program === 'perl' || program === 'yq')
    return flags.some((flag) => /^(-[a-zA-Z]*i|--in-place|--inplace)/.test(flag))
  return WRITERS.has(program)
}

/** A command that goes through a folder that Baton's own files lie in. */
function wholeFolder(
  own: OwnFiles,
  { program, args, flags }: { program: string; args: string[]; flags: string[] },
  [cwd = '/', ...more]: string[],
): CallVerdict | undefined {
  const isDeep =
    DEEP.has(program) ||
    (DEEP_BY_FLAG.has(program) &&
      (program === 'mv' || flags.some((flag) => /^(-[a-zA-Z]*[rRaA]|--recursive|--archive)/.test(flag))))
  if (!isDeep) return undefined
  const named = args.filter((word) => !word.startsWith('-'))
  const folders = [...named.flatMap((word) => [cwd, ...more].map((base) => resolve(base, word))).filter(isFolder)]
  // Without a folder these look at the one they are in.
  const held = (folders.length > 0 ? folders : /^(rg|ag|ack|fd|find|rgrep|grep)$/.test(program) ? [cwd] : [])
    .map((folder) => own.holds(folder))
    .find((found) => found !== undefined)
  if (!held) return undefined
  const reads = /^(grep|egrep|fgrep|rgrep|rg|ag|ack|tar|zip|7z|rsync|cp|scp)$/.test(program)
  if (reads) {
    // rg, ag and fd leave out hidden files unless told otherwise; what is excluded by name is left out by all.
    const leavesOut =
      /^(rg|ag|ack)$/.test(program) && !flags.some((flag) => /^(--hidden|-\.|-[a-z]*u|--no-ignore|-a)/.test(flag))
    const excluded = [...flags, ...args].some((word) => EXCLUDES.test(word) && word.includes('.env'))
    if (held.level !== 'secret' || leavesOut || excluded) return undefined
    return {
      do: 'deny',
      why: `This would read ${held.what} along with everything else. Leave it out (--exclude='.env*' --exclude-dir=.baton), or name the folders you mean.`,
    }
  }
  if (program === 'find' || program === 'fd') {
    return args.some((word) => /^(-delete|-exec.*|-ok.*|-x|-X|--exec.*)$/.test(word)) ? askFirst(held) : undefined
  }
  return held.level === 'asked' ? askFirst(held) : denyFixed(held)
}

/** The program of a simple command and its arguments, behind what only starts another one. */
export function programOf(words: readonly string[]): { program: string; args: string[]; at: number } {
  let at = 0
  while (at < words.length - 1) {
    const word = words[at] as string
    const starts =
      /^(sudo|env|command|exec|nice|nohup|time|timeout|xargs|then|do|else|if|while|until|!|busybox|stdbuf|setsid)$/
    if (!/^\w+=/.test(word) && !starts.test(basename(word)) && !(at > 0 && /^(-|\d+[smh]?$)/.test(word))) break
    at++
  }
  return { program: basename(words[at] ?? ''), args: words.slice(at + 1), at: at + 1 }
}

/** Folders that names may be seen from: where the shell is, and every folder that the command itself names. */
function basesOf(own: OwnFiles, names: readonly string[], cwd: string): string[] {
  const bases = [cwd]
  for (const name of names) {
    if (bases.length >= MOST_BASES) break
    for (const base of [...bases]) {
      const folder = absolute(name, base)
      // One of Baton's own is met by its name already.
      const isNew = bases.length < MOST_BASES && !bases.includes(folder) && own.of(folder)?.level !== 'secret'
      if (isNew && isFolder(folder)) bases.push(folder)
    }
  }
  return bases
}

const absolute = (name: string, base: string): string =>
  name === '~' || name.startsWith('~/') ? resolve(homedir(), name.slice(2)) : resolve(base, name)

/** Finds what names stand for, patterns of the shell among them. */
function lookAt(own: OwnFiles, bases: readonly string[]): Look {
  const known = own.known().map(({ path, own: what }) => ({ path: realPath(path), what }))
  return (names) => {
    for (const name of names) {
      if (PROCESS.test(name)) return { level: 'secret', what: 'the memory or environment of a process' }
      for (const base of bases) {
        const path = absolute(name, base)
        const found = PATTERN.test(name)
          ? (known.find((one) => stands(path, one.path))?.what ?? own.of(plainStart(path)))
          : own.of(path)
        if (found) return found
      }
    }
    return undefined
  }
}

const PROCESS = /^\/proc\/[^/]+\/(environ|mem)$/

const PATTERN = /[*?[]/

/** The folder that a pattern begins in. */
const plainStart = (pattern: string): string => pattern.slice(0, pattern.search(PATTERN)).replace(/\/[^/]*$/, '') || '/'

/** For it, or for something in it. A pattern of a shell reaches hidden names only where it says the dot itself. */
function stands(pattern: string, path: string): boolean {
  const asDeep = pattern.split('/').slice(0, path.split('/').length).join('/')
  const start = PATTERN.test(asDeep) ? asDeep : pattern
  try {
    return matchesGlob(path, start) || matchesGlob(path.toLowerCase(), start.toLowerCase())
  } catch {
    return false
  }
}
