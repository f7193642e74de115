import { dirname, relative } from 'node:path'
import { isWithin, realPath } from '../files/real-path.ts'
import { RESCUED } from '../files/rescued.ts'
import type { OwnPlaces } from './own-files.ts'

/** What of the program's folder is the program, where tasks work in a folder of it. */
const PROGRAM_PARTS = ['bin/**', 'dist/**', 'node_modules/**', 'package.json', 'scripts/**', 'src/**']
/** What is in the state folder, where a folder in it may be read. */
const STATE_PARTS = ['*.db*', 'api-token*', 'inline/**', 'kept/**', '*.json', 'before/**']

/** Rules of Claude Code for Baton's own files: a second line behind the guard, in every mode and for shell commands, too. */
export function ownRules(places: OwnPlaces): { deny: string[]; ask: string[] } {
  const { home, stateDir, logsDir, program, projects, readable, taskFiles, worktrees = [] } = places
  const worksInState = worktrees.some(({ dir }) => isWithin(dir, stateDir))
  const copies = worktrees.flatMap((one) => homesIn(one, home))
  const readsInside = readable.some((folder) => isWithin(folder, stateDir))
  const worksInside = projects.some((folder) => isWithin(folder, program))
  const rescued = at(dirname(stateDir), [`${RESCUED}*/**`])
  const read = [...at(home, ['.env*']), ...at(stateDir, readsInside || worksInState ? STATE_PARTS : ['**']), ...rescued]
  const edit = [
    ...at(home, ['.env*', 'config.yaml', 'config.yml']),
    ...at(
      stateDir,
      worksInState
        ? [
            ...STATE_PARTS,
            ...readable
              .filter((folder) => isWithin(folder, stateDir))
              .map((folder) => `${relative(stateDir, folder)}/**`),
          ]
        : ['**'],
    ),
    ...rescued,
    ...at(logsDir, ['**']),
    ...at(program, worksInside ? PROGRAM_PARTS : ['**']),
  ]
  const inHome = taskFiles
    .filter((pattern) => !/^[/~]|^\.\.|[{}]/.test(pattern))
    .map((pattern) => pattern.replace(/^\.\//, ''))
  const asked = [...inHome, 'pipelines/**', 'prompts/**']
  const inCopies = (patterns: readonly string[]) => copies.flatMap((copy) => patterns.map((one) => `${copy}/${one}`))
  const denied = {
    read: [...read, ...inCopies(['.env*'])],
    edit: [...edit, ...inCopies(['.env*', 'config.yaml', 'config.yml'])],
  }
  return {
    deny: [...denied.read.map((path) => `Read(${path})`), ...denied.edit.map((path) => `Edit(${path})`)],
    ask: [...at(home, asked), ...inCopies(asked)].map((path) => `Edit(${path})`),
  }
}

/** What the home is in each worktree, where it is part of the project. */
function homesIn({ dir, of }: { dir: string; of: string }, home: string): string[] {
  const [inside, outside] = [realPath(home), realPath(of)]
  if (!isWithin(inside, outside)) return []
  return at(dir, [['*', relative(outside, inside)].filter(Boolean).join('/')])
}

/** Patterns below a folder, seen from the root as Claude Code writes it, as the folder is named and through all links. */
function at(folder: string, patterns: readonly string[]): string[] {
  const folders = new Set([folder, realPath(folder)])
  return [...folders].flatMap((one) => patterns.map((pattern) => `/${globSafe(one)}/${pattern}`))
}

/** A folder's name that is no pattern, whatever signs it holds. */
const globSafe = (path: string): string => path.replace(/[\\*?[\]{}!]/g, '\\$&')
