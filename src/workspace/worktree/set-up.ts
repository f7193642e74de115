import { inRepository, type Repository } from '../../git/repository.ts'
import { sha256 } from '../../text/sha256.ts'

const LOCK_FILE =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|requirements[\w.-]*\.txt|poetry\.lock|uv\.lock|Pipfile\.lock|Gemfile\.lock|Cargo\.lock|go\.sum|composer\.lock|mix\.lock|flake\.lock)$/

/** What a set-up depends on: its commands and the lock files of the commit. Another digest: it is due again. */
export async function setUpDigest(
  repository: Repository,
  commit: string,
  commands: readonly string[],
): Promise<string> {
  // Nothing depends on lock files then.
  if (commands.length === 0) return 'none'
  const { stdout } = await inRepository(repository)(['ls-tree', '-r', '-z', commit])
  const locks = stdout.split('\0').filter((line) => LOCK_FILE.test(line.slice(line.indexOf('\t') + 1)))
  return sha256(JSON.stringify([commands, locks])).slice(0, 32)
}
