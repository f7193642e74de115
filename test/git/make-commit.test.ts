import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCommit } from '../../src/git/commit/make-commit.ts'
import { readCommit } from '../../src/git/read-commit.ts'
import { locate } from '../../src/git/repository.ts'
import { countGit } from './support/counting.ts'
import { newRepository } from './support/playground.ts'

async function world() {
  const play = newRepository()
  const located = await locate(play.root)
  if ('reason' in located) throw new Error(located.reason)
  const tree = play.git('rev-parse', 'HEAD^{tree}').trim()
  const head = play.git('rev-parse', 'HEAD').trim()
  return { play, repository: located.repository, tree, head }
}

/** The same commit as git makes it, at the time that is in this one. */
function asGit({ play }: Pick<Awaited<ReturnType<typeof world>>, 'play'>, commit: string, message: string): string {
  const [tree = '', parents = '', date = ''] = play
    .git('show', '-s', '--format=%T%n%P%n%ad', '--date=raw', commit)
    .split('\n')
  play.write('.git/message', message)
  const at = `GIT_AUTHOR_DATE='${date}' GIT_COMMITTER_DATE='${date}'`
  const words = parents
    .split(' ')
    .filter(Boolean)
    .map((parent) => `-p ${parent}`)
    .join(' ')
  const alias = `!unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL; ${at} git -c i18n.commitEncoding=UTF-8 commit-tree ${tree} ${words} < .git/message`
  return play.git('-c', `alias.made=${alias}`, 'made').trim()
}

test('A commit is the one that git would make, whoever made it and whatever it says', async () => {
  const here = await world()
  const name = fc.oneof(
    fc.constantFrom('Ursula', 'Ursula K. Le Guin', 'Jörg Ö', '李 小', "O'Neill", '.dotted.', 'a <b>', ' spaced ', 'x,'),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => /[a-z]/.test(text) && !/[\n\0"\\]/.test(text)),
  )
  const email = fc.constantFrom('u@example.org', 'u+x@a-b.example', 'no address', '<u@x>', 'u@localhost')
  const message = fc.constantFrom('One line\n', 'No end', 'Two\n\nparts with ä\n', '\n', 'a\r\nb\n')
  await fc.assert(
    fc.asyncProperty(name, email, message, fc.nat(2), async (who, where, words, parents) => {
      here.play.git('config', 'user.name', who)
      here.play.git('config', 'user.email', where)
      const made = await makeCommit(here.repository, {
        tree: here.tree,
        parents: [here.head].slice(0, parents),
        message: words,
      })
      expect(asGit(here, made, words)).toBe(made)
      expect(await readCommit(here.repository, made)).toEqual({
        tree: here.tree,
        parents: [here.head].slice(0, parents),
      })
    }),
    { numRuns: 25 },
  )
})

test('A plain name costs no process; a name that stands elsewhere is found all the same', async () => {
  const { play, repository, tree, head } = await world()
  const make = () => makeCommit(repository, { tree, parents: [head], message: 'x\n' })
  await make()
  const started = countGit()
  await make()
  expect(started()).toEqual([])
  play.git('config', 'author.name', 'Another')
  expect(play.git('show', '-s', '--format=%an', await make()).trim()).toBe('Another')
})

test('A commit is read wherever it lies, and there is none of a name that nothing has', async () => {
  const { play, repository, tree } = await world()
  play.git('commit', '-q', '--allow-empty', '-m', 'packed')
  const [commit, parent] = play.git('rev-parse', 'HEAD', 'HEAD^').trim().split('\n') as [string, string]
  play.git('gc', '-q')
  expect(await readCommit(repository, commit)).toEqual({ tree, parents: [parent] })
  expect(await readCommit(repository, '1'.repeat(40))).toBeUndefined()
  // A tree is no commit.
  expect(await readCommit(repository, tree)).toBeUndefined()
})
