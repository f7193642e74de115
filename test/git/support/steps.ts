import { chmodSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { makeOld, type Playground } from './playground.ts'

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

export type Step =
  | { do: 'write'; path: string; content: string; mode: number }
  | { do: 'remove'; path: string }
  | { do: 'link'; path: string; to: string }
  | { do: 'chmod'; path: string; mode: number }
  | { do: 'move'; path: string; to: string }
  | { do: 'stage' }
  | { do: 'commit' }

export const change: fc.Arbitrary<Step> = fc.oneof(
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
export const usersStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: change },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'stage' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'commit' }) },
)

/** Does the step where it can be done; folders that a file stands in the way of are made room for. */
export function act({ root, git }: Playground, step: Step): void {
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
