import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { readEnvText } from '../config/env-file.ts'
import { isOwnCheckout } from '../config/whose-folder.ts'
import { apiUrlOf, findToken, serverOf } from '../github/token.ts'
import type { Prompter } from './dialogue.ts'
import { textOf, writeEnv } from './files.ts'
import type { InitFlags } from './flags.ts'
import type { RunProgram } from './service.ts'
import type { ServicePlace } from './systemd-unit.ts'

/** What offering it needs. */
interface OfferPorts {
  flags: InitFlags
  place: ServicePlace
  run: RunProgram
  env: NodeJS.ProcessEnv
}

/**
 * Where the home is a clone of a repository on GitHub: offers to turn its issues into pull requests, and sees to the token. Keeps what
 * config.yaml says already. Gives the repository where it is wanted.
 */
export async function offerGitHub({ flags, place, run, env }: OfferPorts, talk: Prompter): Promise<string | undefined> {
  const { home } = place
  const file = join(home, 'config.yaml')
  const text = textOf(file)
  if (flags.yes || /^github:/m.test(text) || isOwnCheckout(home, dirname(dirname(place.program)))) return undefined
  const stored = readEnvText(textOf(join(home, '.env'))).values
  const apiUrl = apiUrlOf(env.GITHUB_API_URL || stored.GITHUB_API_URL || undefined)
  const remote = await run('git', ['remote', 'get-url', 'origin'])
  const repo = repositoryOf(remote?.exitCode === 0 ? (remote.stdout ?? '') : '', new URL(serverOf(apiUrl)).host)
  if (repo === undefined) return undefined
  const question = `Turn issues of ${repo} into pull requests when somebody labels them “ready”?`
  if (!(await talk.confirm(question, false))) return undefined
  await writeFileAtomic(file, `${text.replace(/\n*$/, '\n')}\ngithub:\n  repo: ${repo}\n`)
  const given = env.GITHUB_TOKEN || stored.GITHUB_TOKEN || undefined
  const found = await findToken(given, { apiUrl, env })
  if (found?.from === 'gh')
    talk.say('It uses the token of gh, which can do whatever you can; docs/github.md describes one that can do less.')
  if (found) return repo
  const token = await talk.ask('A token for it, with the permissions in docs/github.md (Enter: later): ')
  if (token) await writeEnv(home, { GITHUB_TOKEN: token })
  else talk.say('Set GITHUB_TOKEN in .env before you start the daemon.')
  return repo
}

/** `owner/name` of a remote on that host, however it is written. */
function repositoryOf(url: string, host: string): string | undefined {
  const [, at, repo] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/\s]+@)?([^:/\s]+)(?::\d+)?[:/]([\w-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/i.exec(url) ?? []
  return at?.toLowerCase() === host.replace(/:\d+$/, '').toLowerCase() ? repo : undefined
}
