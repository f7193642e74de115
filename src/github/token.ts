import { execa } from 'execa'

/** A token, and where it came from: one of `gh` can do whatever its owner can. */
export interface FoundToken {
  token: string
  from: 'GITHUB_TOKEN' | 'gh'
}

const PUBLIC_API = 'https://api.github.com'

/** `GITHUB_TOKEN`, else what the program `gh` is logged in with on that server; undefined where there is neither. */
export async function findToken(
  given: string | undefined,
  { apiUrl, env }: { apiUrl: string; env: Readonly<Record<string, string | undefined>> },
): Promise<FoundToken | undefined> {
  if (given !== undefined) return { token: given, from: 'GITHUB_TOKEN' }
  const { stdout, failed } = await execa('gh', ['auth', 'token', '--hostname', new URL(serverOf(apiUrl)).host], {
    env: { ...env, GH_PROMPT_DISABLED: '1' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  })
  const token = failed ? '' : String(stdout).trim()
  return token === '' ? undefined : { token, from: 'gh' }
}

/** Where the API is; GitHub's own where nothing else is said. */
export const apiUrlOf = (given: string | undefined): string => (given ?? PUBLIC_API).replace(/\/+$/, '')

/** The server that people and git see: `https://github.com`, or the host of an Enterprise server. */
export function serverOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl)
  return apiUrl.startsWith(PUBLIC_API) ? 'https://github.com' : `${protocol}//${host}`
}
