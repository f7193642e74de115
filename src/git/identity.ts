import { inRepository, type Repository } from './repository.ts'

/** Variables that name the author of a commit: none where the user has a name of their own, else Baton's. */
export async function identity(repository: Repository): Promise<Record<string, string>> {
  const known = await inRepository(repository)(['var', 'GIT_COMMITTER_IDENT'], { accept: [0, 1, 128] })
  if (known.exitCode === 0) return {}
  const [name, email] = ['Baton', 'baton@localhost']
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }
}
