import { accessSync, constants, statSync } from 'node:fs'
import { sandboxProblem } from '../../claude/start/sandbox.ts'
import type { ProjectConfig } from '../../config/types.ts'
import { batonError } from '../../errors.ts'
import type { Loaded } from '../state/load-config.ts'
import { requireClaude } from './require-claude.ts'
import { makeFolder, makeWorkFolder } from './work-folder.ts'

/** What work needs, looked at before anything is started. Throws BatonError with what to do. */
export async function preflight(
  { config }: Pick<Loaded, 'config'>,
  project: ProjectConfig,
  { env, needsClaude }: { env: NodeJS.ProcessEnv; needsClaude: boolean },
): Promise<void> {
  makeWorkFolder(project)
  const found = statSync(project.path, { throwIfNoEntry: false })
  if (!found) throw batonError('project-missing', { path: project.path })
  if (!found.isDirectory()) throw batonError('project-not-folder', { path: project.path })
  requireWritable('logs', config.logsDir)
  requireWritable('the state', config.stateDir)
  if (project.claude.sandbox === 'on') {
    const problem = await sandboxProblem()
    if (problem !== undefined) throw batonError('no-sandbox', { problem })
  }
  if (needsClaude) await requireClaude(project, env, config.stateDir)
}

function requireWritable(what: string, path: string): void {
  try {
    makeFolder(path)
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw batonError('folder-unwritable', { what, path, cause: code ?? message })
  }
}
