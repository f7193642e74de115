import { resolve } from 'node:path'
import type { Config } from '../../config/types.ts'
import type { TaskSpec } from '../../core/types.ts'

/** What a task file says; problems are lines for people and mean that it cannot be run. */
export interface FileText {
  specs: readonly TaskSpec[]
  problems: string[]
}

/** Reads a task file; `file` is seen from home. The parser is loaded when it is first needed. */
export async function readFileText(
  { home, stateDir }: Pick<Config, 'home' | 'stateDir'>,
  file: string,
): Promise<FileText> {
  const { readDoubtfully } = await import('./doubts.ts')
  return shown(await readDoubtfully(stateDir, resolve(home, file), file))
}

/** The same for a text that is in no file yet. */
export async function parseFileText(text: string, file: string): Promise<FileText> {
  const { parseTaskFile } = await import('../../taskfile/parse.ts')
  return shown(parseTaskFile(text, file))
}

type Parsed = Awaited<ReturnType<typeof import('../../taskfile/read.ts').readTaskFile>>

async function shown({ specs, problems }: Parsed): Promise<FileText> {
  const { formatProblems } = await import('../../taskfile/report.ts')
  const errors = problems.filter(({ severity }) => severity === 'error')
  return { specs, problems: errors.map((problem) => formatProblems([problem])) }
}
