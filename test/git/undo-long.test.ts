import { chmodSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkpoint } from '../../src/git/checkpoint.ts'
import { undo } from '../../src/git/undo.ts'
import { makeOld, newRepository, type Playground, usersOwn, workingTree } from './support/playground.ts'

/** Few names, so that steps meet: files, folders and links replace one another. */
const name = fc.constantFrom(
  'a',
  'b',
  '-rf',
  'sp ace',
  'nl\nx',
  '"q"',
  'ünï',
  'caf\xe9',
  'f.txt',
  'x.crlf',
  '.gitattributes',
  '*',
  ':(top)',
  'A',
)
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const content = fc.oneof(
  fc.constantFrom(
    '',
    'one\n',
    'one\r\ntwo\r\n',
    'mixed\r\nends\n',
    'no end',
    '$Id$\n',
    '* text=auto eol=crlf\n*.txt filter=up ident\n',
    '\0\x01\xff',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const mode = fc.constantFrom(0o644, 0o755, 0o600, 0o700)

type Step =
  | { do: 'write'; path: string; content: string; mode: number }
  | { do: 'remove'; path: string }
  | { do: 'link'; path: string; to: string }
  | { do: 'chmod'; path: string; mode: number }
  | { do: 'move'; path: string; to: string }
  | { do: 'stage' }
  | { do: 'commit' }

const change: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), path, content, mode }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      path,
      to: fc.constantFrom('a', '/etc/passwd', '../..', 'caf\xe9'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('chmod' as const), path, mode }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), path, to: path }) },
)
const usersStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: change },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'stage' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'commit' }) },
)

/** Does the step where it can be done; folders that a file stands in the way of are made room for. */
function act({ root, git }: Playground, step: Step): void {
  if (step.do === 'stage' || step.do === 'commit') {
    // Files as young as the index are looked into by git itself; older ones are believed, and that is what is tried here.
    makeOld(root)
    git('add', '-A')
    if (step.do === 'commit') git('commit', '-q', '--allow-empty', '-m', 'by the user')
    return
  }
  const raw = (file: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(file, 'latin1')])
  const there = (file: string) => lstatSync(raw(file), { throwIfNoEntry: false })
  const clear = (file: string) => {
    const parts = file.split('/')
    for (let n = 1; n < parts.length; n += 1) {
      const folder = parts.slice(0, n).join('/')
      if (there(folder) && !there(folder)?.isDirectory()) rmSync(raw(folder))
      if (!existsSync(raw(folder))) mkdirSync(raw(folder))
    }
    if (there(file)) rmSync(raw(file), { recursive: true })
  }
  try {
    if (step.do === 'write') {
      if (!there(step.path)?.isFile()) clear(step.path)
      writeFileSync(raw(step.path), Buffer.from(step.content, 'latin1'))
      chmodSync(raw(step.path), step.mode)
    } else if (step.do === 'remove') rmSync(raw(step.path), { recursive: true })
    else if (step.do === 'link') {
      clear(step.path)
      symlinkSync(Buffer.from(step.to, 'latin1'), raw(step.path))
    } else if (step.do === 'chmod') {
      if (there(step.path)?.isFile()) chmodSync(raw(step.path), step.mode)
    } else if (
      there(step.path) &&
      !`${step.to}/`.startsWith(`${step.path}/`) &&
      !`${step.path}/`.startsWith(`${step.to}/`)
    ) {
      clear(step.to)
      renameSync(raw(step.path), raw(step.to))
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EEXIST', 'EACCES'].includes(code ?? '')) throw error
  }
}

test('Whatever a task did to the tree, undo gives back bytes and permissions, undoing the undo brings them again, and the user’s index, HEAD, branches and stash stay', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(usersStep, { maxLength: 8 }),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('false', 'true', 'input'),
      async (users, task, autocrlf) => {
        const play = newRepository()
        play.git('config', 'core.autocrlf', autocrlf)
        play.git('config', 'filter.up.clean', 'tr a-z A-Z')
        play.git('config', 'filter.up.smudge', 'tr A-Z a-z')
        for (const step of users) act(play, step)
        const own = usersOwn(play)
        const atFirst = workingTree(play.root)

        const before = await checkpoint({ cwd: play.root, ref: 'refs/baton/before', message: 'before' })
        for (const step of task) act(play, step)
        const atLast = workingTree(play.root)
        if (before.kind === 'none') throw new Error(before.reason)
        const after = await checkpoint({
          cwd: play.root,
          ref: 'refs/baton/after',
          message: 'after',
          since: before.commit,
        })
        if (after.kind === 'none') throw new Error(after.reason)

        const result = await undo({ cwd: play.root, from: after.commit, to: before.commit, ref: 'refs/baton/undo' })
        expect(result).toMatchObject({ conflicts: [], failed: [] })
        expect(workingTree(play.root)).toEqual(atFirst)

        await undo({ cwd: play.root, from: result.after.commit, to: result.before.commit, ref: 'refs/baton/redo' })
        expect(workingTree(play.root)).toEqual(atLast)
        expect(usersOwn(play)).toEqual(own)
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 12) },
  )
}, 900_000)
