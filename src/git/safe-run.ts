import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { GitAnswer, git } from './program.ts'
import { inRepository, type Repository } from './repository.ts'
import { userConfig } from './user-config.ts'

type Call = Partial<Parameters<typeof git>[1]>

/**
 * Git that writes into a working tree without running a program of that tree: filters and merge drivers that the user's
 * configuration names by a path of the project are whatever an agent made of them. Those of the system stay.
 */
export async function safeRun(
  repository: Repository,
): Promise<(args: readonly string[], call?: Call) => Promise<GitAnswer>> {
  const off = await programsOfTree(repository)
  const run = inRepository(repository)
  return (args, call) => run([...off, ...args], call)
}

/** Settings that switch off what the configuration would run out of the tree. */
async function programsOfTree(repository: Repository): Promise<string[]> {
  const off = new Set<string>()
  for (const [key, value] of await userConfig(repository)) {
    const [, kind, name] = /^(filter|merge)\.(.+)\.(?:clean|smudge|process|driver)$/s.exec(key) ?? []
    if (kind === undefined || name === undefined || !isOfTree(value, repository.root)) continue
    const settings =
      kind === 'merge'
        ? [`merge.${name}.driver=false`]
        : [...['clean', 'smudge', 'process'].map((one) => `filter.${name}.${one}=`), `filter.${name}.required=false`]
    for (const setting of settings) off.add(setting)
  }
  return [...off].flatMap((setting) => ['-c', setting])
}

/** A command with a word that is a path seen from the tree. */
function isOfTree(command: string, root: string): boolean {
  const words = command.split(/[\s"'=;|&()<>]+/).filter(Boolean)
  return words.some(
    (word) =>
      /^\.{1,2}\//.test(word) || (!/^[/~$%-]/.test(word) && (word.includes('/') || existsSync(join(root, word)))),
  )
}
