import { resolve } from 'node:path'
import type { Config, ProjectConfig } from '../config/types.ts'
import type { MachineTarget } from '../core/machine-target.ts'
import type { Actor } from '../core/types.ts'
import { readPlain } from '../files/plain.ts'
import { checkedOutCommit } from './base.ts'
import type { NewOffer } from './machines.ts'

/** What somebody wants to have worked on, and where. */
export interface Handing {
  target: MachineTarget
  /** As people know them, relative to the home. */
  files: readonly string[]
  options: NewOffer['options']
  by: Actor
}

/** Makes an offer of task files: their texts as they are now, and the commit that the project is at. */
export async function newOffer(
  { home, machine }: Pick<Config, 'home' | 'machine'>,
  { name, path }: Pick<ProjectConfig, 'name' | 'path'>,
  { target, files, options, by }: Handing,
): Promise<NewOffer> {
  const [base, ...texts] = await Promise.all([
    checkedOutCommit(path),
    ...files.map(async (file) => ({ name: file, text: (await readPlain(resolve(home, file))).toString('utf8') })),
  ])
  return {
    ...{ project: name, target, files: texts, options, by, from: machine.name },
    ...(base !== undefined && { base }),
  }
}
