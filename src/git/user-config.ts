import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileIdentity } from './index-file.ts'
import { inRepository, type Repository } from './repository.ts'

/** The user's configuration by key, in lower case; the last value of each. */
export type UserConfig = ReadonlyMap<string, string>

const known = new Map<string, { files: string[]; mark: string; config: UserConfig }>()

/** Reads what git is configured to do here. It is asked again only when a file that may hold configuration changed. */
export async function userConfig(repository: Repository): Promise<UserConfig> {
  const last = known.get(repository.gitDir)
  if (last && (await markOf(last.files)) === last.mark) return last.config
  const { stdout } = await inRepository(repository)(['config', '--list', '--show-origin', '-z'])
  const fields = stdout.split('\0')
  const config = new Map<string, string>()
  const origins = new Set<string>()
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [key = '', ...value] = (fields[i + 1] ?? '').split('\n')
    origins.add(text(fields[i] ?? ''))
    // A key without a value is git's way to say true.
    config.set(key.toLowerCase(), value.length === 0 ? 'true' : text(value.join('\n')))
  }
  // What is included, and when, is git's to know.
  if ([...config.keys()].some((key) => key.startsWith('include'))) known.delete(repository.gitDir)
  else {
    const files = [...new Set([...usualFiles(repository), ...filesOf(origins, repository)])]
    known.set(repository.gitDir, { files, mark: await markOf(files), config })
  }
  return config
}

function usualFiles({ commonDir, gitDir }: Repository): string[] {
  const home = process.env.HOME ?? homedir()
  return [
    join(commonDir, 'config'),
    join(gitDir, 'config.worktree'),
    process.env.GIT_CONFIG_GLOBAL ?? join(home, '.gitconfig'),
    join(process.env.XDG_CONFIG_HOME || join(home, '.config'), 'git', 'config'),
    process.env.GIT_CONFIG_SYSTEM ?? '/etc/gitconfig',
  ]
}

function filesOf(origins: ReadonlySet<string>, { root }: Repository): string[] {
  return [...origins].filter((origin) => origin.startsWith('file:')).map((origin) => resolve(root, origin.slice(5)))
}

async function markOf(files: readonly string[]): Promise<string> {
  return JSON.stringify(await Promise.all(files.map(fileIdentity)))
}

function text(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
