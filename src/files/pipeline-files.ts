import { readdirSync } from 'node:fs'

/** The files of a folder that pipelines stand in, in the order of their names; none where there is no such folder. */
export function pipelineFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.md') && !name.startsWith('.'))
      .sort()
  } catch (error) {
    if (/^ENO(ENT|TDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** Whether there is any; not where the folder cannot be read. */
export function hasPipelineFiles(folder: string): boolean {
  try {
    return pipelineFilesIn(folder).length > 0
  } catch {
    return false
  }
}
