import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { canRestore } from '../../src/git/undo/can-restore.ts'
import { judgeLoss } from '../../src/protect/judge-loss.ts'

let dir: string
const write = (path: string, text = 'words') => {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}
const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'ignore' })
const YOUNGER = Number.MAX_SAFE_INTEGER
const judge = (command: string, sinceMs = YOUNGER, allowed = '') =>
  judgeLoss(command, dir, {
    canRestore: (path) => canRestore(dir, path, sinceMs),
    isAllowed: (program) => program === allowed,
  })?.do

beforeEach(() => {
  const above = realpathSync(mkdtempSync(join(tmpdir(), 'baton-loss-')))
  onTestFinished(() => rmSync(above, { recursive: true, force: true }))
  dir = join(above, 'project')
  mkdirSync(dir)
  git('init', '-q')
  write('.gitignore', '*.db\nbuild/\nnode_modules\n')
  for (const path of ['src/a.ts', 'src/sub/b.ts', 'notes.txt', 'mixed/c.ts']) write(path)
  git('add', '.')
  for (const path of [
    'my.db',
    'mixed/deep/my.db',
    'build/out.js',
    'node_modules/x/index.js',
    'new.txt',
    '../outside.txt',
  ])
    write(path)
  mkdirSync(join(dir, 'inner'))
  execFileSync('git', ['init', '-q', 'inner'], { cwd: dir })
  write('inner/work.txt')
  symlinkSync('my.db', join(dir, 'link.txt'))
  symlinkSync('..', join(dir, 'up'))
})

describe('a command that loses what undo cannot bring back', () => {
  it.each([
    'rm my.db',
    'rm -f ./src/../my.db',
    'rm *.db',
    'rm -rf build',
    'rm -rf node_modules/x',
    'rm -rf mixed',
    'rm -rf .',
    'rm ../outside.txt',
    'rm up/outside.txt',
    'rm -rf inner',
    'rm inner/work.txt',
    'rm -rf .git',
    'rm src/**/*',
    'rm */*.db',
    'rm "$NAME"',
    'rm $(cat list)',
    'cd mixed/deep && rm my.db',
    'cd "$X" && rm a.ts',
    'true; sudo rm my.db',
    'rmdir build',
    'unlink my.db',
    'shred -u my.db',
    'truncate -s 0 my.db',
    'mv my.db src/',
    'mv src/a.ts my.db',
    'cp src/a.ts my.db',
    'cp -r src/. mixed/deep/my.db',
    'cp my.db mixed/deep',
    'cp -t mixed/deep my.db',
    'cp src/a.ts link.txt',
    'install src/a.ts my.db',
    'ln -sf src/a.ts my.db',
    'echo x > my.db',
    'echo x >| my.db',
    ': > link.txt',
    'cat a 2>my.db',
    'echo x | tee my.db',
    'dd if=/dev/zero of=my.db',
    'sed -i s/a/b/ my.db',
    'perl -pi -e s/a/b/ my.db',
    'find . -name "*.db" -delete',
    'find mixed -exec rm {} +',
    'find -delete',
    'ls | xargs rm',
    'git clean -fdx',
    'tar xzf a.tgz',
    'tar -xf a.tgz -C mixed',
    'unzip -o a.zip',
    'rsync -a --delete src/ mixed/',
  ])('%s is asked for', (command) => expect(judge(command)).toBe('ask'))

  it.each([
    'rm notes.txt',
    'rm new.txt',
    'rm -rf src',
    'rm not-there.db',
    'rm -f *.nothing',
    'mkdir -p build/x',
    'touch my.db',
    'mv notes.txt words.txt',
    'cp my.db copy.txt',
    'cp src/a.ts mixed/',
    'cp -n src/a.ts my.db',
    'echo x >> my.db',
    'echo x > notes.txt',
    'echo x > /dev/null 2>&1',
    'tee -a my.db',
    'sed -n 1p my.db',
    'sed -i s/a/b/ src/a.ts',
    'find . -name "*.db"',
    'find src -delete',
    'tar czf extra.tgz src',
    'cat my.db',
    'npm test',
  ])('%s is not', (command) => expect(judge(command)).toBe(undefined))

  it('is asked for where a file was only just taken out of .gitignore', () => {
    const before = Date.now() - 60_000
    expect(judge('rm notes.txt', before)).toBe(undefined)
    writeFileSync(join(dir, '.gitignore'), 'build/\n')
    expect(judge('rm my.db', before)).toBe('ask')
    expect(judge('rm notes.txt', before)).toBe(undefined)
    // The rules were there when the task began.
    expect(judge('rm my.db')).toBe(undefined)
  })

  it('is asked for in a folder without git, and in one that an agent made look like a repository', () => {
    rmSync(join(dir, '.git'), { recursive: true })
    expect(judge('rm notes.txt')).toBe('ask')
    mkdirSync(join(dir, 'objects'))
    mkdirSync(join(dir, 'refs'))
    writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/main\n')
    expect(judge('rm notes.txt')).toBe('ask')
  })

  it('runs nothing that a repository is configured to run', () => {
    write('evil.sh', `#!/bin/sh\ntouch ${join(dir, 'was-here')}\n`)
    execFileSync('chmod', ['+x', join(dir, 'evil.sh')])
    appendFileSync(join(dir, '.git/config'), `[core]\n\tfsmonitor = ${join(dir, 'evil.sh')}\n`)
    judge('rm -rf src')
    expect(judge('rm was-here')).toBe(undefined)
    expect(() => execFileSync('ls', [join(dir, 'was-here')], { stdio: 'ignore' })).toThrow()
  })

  it("is the user's own affair where they allowed the program", () => {
    expect(judge('rm my.db', YOUNGER, 'rm')).toBe(undefined)
    expect(judge('rm my.db && shred my.db', YOUNGER, 'rm')).toBe('ask')
  })

  it('of any text whatever never makes the guard fail', () => {
    const ports = { canRestore: () => false, isAllowed: () => false }
    const piece = fc.constantFrom(
      'rm',
      'cp',
      '-t',
      'find',
      '>',
      '*',
      '/',
      '~',
      '\0',
      '$X',
      'my.db',
      '&&',
      'cd',
      'tar',
      '-x',
    )
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(' ')),
    )
    fc.assert(fc.property(line, (text) => void judgeLoss(text, dir, ports)))
  })
})
