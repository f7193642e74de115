import { identity } from '../identity.ts'
import { isFullName, noteCommit } from '../read-commit.ts'
import { inRepository, type Repository } from '../repository.ts'
import { userConfig } from '../user-config.ts'
import { writeObject } from '../write-object.ts'

interface CommitParts {
  /** Any name of a tree. */
  tree: string
  parents: readonly string[]
  message: string
}

/**
 * Makes a commit in the user's name; no branch knows it yet. It is written as git would write it, without a process, where
 * the configuration says plainly whose name that is.
 */
export async function makeCommit(repository: Repository, { tree, parents, message }: CommitParts): Promise<string> {
  const person = await personOf(repository)
  const isPlain = [tree, ...parents].every(isFullName) && !message.includes('\0')
  if (person === undefined || !isPlain) return askGit(repository, { tree, parents, message })
  const at = new Date()
  const stamp = `${person} ${Math.floor(at.getTime() / 1_000)} ${zoneOf(at)}`
  const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${stamp}`, `committer ${stamp}`]
  const commit = await writeObject(repository, 'commit', Buffer.from(`${head.join('\n')}\n\n${message}`))
  noteCommit(commit, { tree, parents: [...parents] })
  return commit
}

async function askGit(repository: Repository, { tree, parents, message }: CommitParts): Promise<string> {
  const args = ['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])]
  const input = Buffer.from(message, 'utf8').toString('latin1')
  return (await inRepository(repository)(args, { input, env: await identity(repository) })).stdout.trim()
}

/** Git takes some characters at the ends of a name away; a name that holds none of them it takes as it is. */
const PLAIN = /^[^\p{C}<>\ufffd\s.,:;"'\\]+( +[^\p{C}<>\ufffd\s.,:;"'\\]+)*$/u
const PLAIN_ADDRESS = /^[\w+-]+([.\w+-]*[\w+-])?@[\w-]+(\.[\w-]+)*$/
const OTHER_NAMES = ['author.name', 'author.email', 'committer.name', 'committer.email']

/** `Anna <anna@example.org>`; undefined where only git knows what its configuration means. */
async function personOf(repository: Repository): Promise<string | undefined> {
  const config = await userConfig(repository)
  const [name = '', email = ''] = [config.get('user.name'), config.get('user.email')]
  const isElsewhere =
    OTHER_NAMES.some((key) => config.has(key)) ||
    Object.keys(process.env).some((key) => /^GIT_(AUTHOR|COMMITTER)_/.test(key))
  return isElsewhere || !PLAIN.test(name) || !PLAIN_ADDRESS.test(email) ? undefined : `${name} <${email}>`
}

/** `+0130`, as git writes it. */
function zoneOf(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}${two(Math.abs(minutes) % 60)}`
}
