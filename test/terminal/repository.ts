import { execFileSync } from 'node:child_process'
import { aHome, type Home, REHEARSED } from './program.ts'

/** A repository with a task file, which git has, and two lanes. */
export function laneProject(
  files: Record<string, string>,
  config = '',
): { home: Home; git: (...args: string[]) => string; merged: () => string } {
  const home = aHome({
    '.gitignore': '.baton/\nlogs/\n.agent/\n',
    'config.yaml': `${REHEARSED}lanes: 2\n${config}`,
    ...files,
  })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ursula', '-c', 'user.email=ursula@example.org', ...args], {
      cwd: home.dir,
    }).toString()
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-q', '-m', 'first')
  const merged = () => git('for-each-ref', '--format=%(refname:short)', 'refs/heads/baton/*/merged').trim()
  return { home, git, merged }
}
