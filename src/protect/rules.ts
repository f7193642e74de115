import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { isWithin, realPath } from '../files/real-path.ts'
import { RESCUED } from '../files/rescued.ts'
import { homeIn, type OwnPlaces } from './own-files.ts'

/** The parts of the program's folder that are the program, where tasks work in a folder of it. */
const PROGRAM_PARTS = ['bin/**', 'dist/**', 'node_modules/**', 'package.json', 'scripts/**', 'src/**']
/** What is in the state folder, where a folder in it may be read. */
const STATE_PARTS = ['*.db*', 'api-token*', 'inline/**', 'kept/**', '*.json', 'before/**']

/** Rules of Claude Code for Baton's own files: a second line behind the guard, in every mode and for shell commands, too. */
export function ownRules(places: OwnPlaces): { deny: string[]; ask: string[] } {
  const { home, stateDir, logsDir, program, projects, readable, taskFiles, lanes } = places
  const worksInState = lanes !== undefined && isWithin(lanes.dir, stateDir)
  const inHomes = (patterns: readonly string[]) => [
    ...at(home, patterns),
    ...homesInLanes(places).flatMap((folder) => patterns.map((pattern) => `${folder}/${pattern}`)),
  ]
  const readsInside = readable.some((folder) => isWithin(folder, stateDir))
  const worksInside = projects.some((folder) => isWithin(folder, program))
  const rescued = at(dirname(stateDir), [`${RESCUED}*/**`])
  const read = [...inHomes(['.env*']), ...at(stateDir, readsInside || worksInState ? STATE_PARTS : ['**']), ...rescued]
  const edit = [
    ...inHomes(['.env*', 'config.yaml', 'config.yml']),
    ...neighbours(lanes).flatMap((folder) => at(folder, ['**'])),
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
  return {
    deny: [...read.map((path) => `Read(${path})`), ...edit.map((path) => `Edit(${path})`)],
    ask: inHomes([...inHome, 'pipelines/**', 'prompts/**']).map((path) => `Edit(${path})`),
  }
}

/** What the home is in each worktree, as patterns, where it is part of the project. */
function homesInLanes({ home, lanes }: OwnPlaces): string[] {
  const inside = lanes && homeIn({ home: realPath(home), lanes: { ...lanes, main: realPath(lanes.main) } }, '/')
  return inside === undefined ? [] : at(lanes?.dir ?? '', [`*${inside.replace(/\/$/, '')}`])
}

/** Worktrees of other tasks, as far as they are there. */
function neighbours(lanes: OwnPlaces['lanes']): string[] {
  if (lanes?.own === undefined) return []
  try {
    const own = realPath(lanes.own)
    return readdirSync(lanes.dir)
      .map((name) => join(lanes.dir, name))
      .filter((folder) => realPath(folder) !== own)
  } catch {
    return []
  }
}

/** Patterns below a folder, seen from the root as Claude Code writes it, as the folder is named and through all links. */
function at(folder: string, patterns: readonly string[]): string[] {
  const folders = new Set([folder, realPath(folder)])
  return [...folders].flatMap((one) => patterns.map((pattern) => `/${globSafe(one)}/${pattern}`))
}

/** A folder's name that is not a pattern, whatever signs it holds. */
const globSafe = (path: string): string => path.replace(/[\\*?[\]{}!]/g, '\\$&')
