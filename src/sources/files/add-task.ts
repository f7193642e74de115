import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config, ProjectConfig } from '../../config/types.ts'
import type { Command } from '../../core/commands/commands.ts'
import { isJson } from '../../taskfile/json/json-tasks.ts'
import { type Adding, findAdded, writeTask } from '../../taskfile/write/append.ts'
import { localDay } from '../../text/times.ts'
import type { FileGuard } from './file-guard.ts'
import { findTaskFiles, shownPath } from './find-files.ts'

/** What is remembered of this command over a kill, so that its task is there once. */
export interface AddingMemory {
  begun: Adding | undefined
  begin: (adding: Adding) => void
}

/**
 * Adds a task to a file: the named one, else the last of the configured ones, else a new one of today. The first line is
 * the title, the rest the instruction. Says where it is now.
 */
export async function addTask(
  config: Pick<Config, 'home'>,
  project: ProjectConfig,
  { text, file, branch, dependsOn }: Pick<Extract<Command, { type: 'add' }>, 'text' | 'file' | 'branch' | 'dependsOn'>,
  memory: AddingMemory,
  writing: FileGuard['writing'] = (_path, write) => write(),
): Promise<{ where: string; title: string }> {
  const { home } = config
  const [first = '', ...rest] = text.trim().split(/\r?\n/)
  const title = first.replace(/^#+\s*/, '').trim()
  if (title === '') throw new Error('Describe the task: the first line is its title, the rest its instruction.')
  // An earlier life may have written it and not lived to say so.
  const there = memory.begun && (await findAdded(memory.begun))
  if (memory.begun && there) return { where: `${shownPath(home, memory.begun.path)}:${there.line}`, title }
  const path = fileForTask(home, project, file)
  if (isJson(path))
    throw new Error(`${shownPath(home, path)} is JSON, which Baton never writes to. Name a Markdown file.`)
  mkdirSync(dirname(path), { recursive: true })
  const body = rest.join('\n').trim()
  const fields = {
    ...(branch !== undefined && { Branch: branch }),
    ...(dependsOn !== undefined && { 'Depends On': dependsOn }),
  }
  const task = { title, instruction: body === '' ? title : body, fields }
  const { line } = await writing(path, () => writeTask(path, task, memory.begin))
  return { where: `${shownPath(home, path)}:${line}`, title }
}

/** The file that a new task is written into. */
export function fileForTask(home: string, { tasks }: Pick<ProjectConfig, 'tasks'>, file: string | undefined): string {
  if (file !== undefined) return resolve(home, file)
  const there = findTaskFiles(home, tasks).filter((f) => existsSync(f) && !isJson(f))
  return there.at(-1) ?? join(home, 'tasks', `${localDay(Date.now())}.md`)
}
