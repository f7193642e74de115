import { type DoctorCheck, isAtLeast, named } from './check.ts'

/** Runs a program with arguments, without a shell. Undefined: there is no such program; `problem`: it is not for us. */
export type ProbeProgram = (
  program: string,
  args: string[],
  cwd?: string,
) => Promise<{ exitCode: number; stdout: string; problem?: string } | undefined>

/** As in package.json; older ones cannot run TypeScript or lack the database. */
const NODE_NEEDED = '22.18'
/** The first that knows everything that checkpoints use. */
const GIT_NEEDED = '2.30'

export function checkNode(version: string): DoctorCheck {
  const check = named('node', { needed: true })
  if (isAtLeast(version, NODE_NEEDED)) return check.ok(version)
  return check.fail(
    `${version}; Baton needs ${NODE_NEEDED} or newer`,
    'In a clone, npm install provides one for npm run …; otherwise: https://nodejs.org',
  )
}

export async function checkGit(run: ProbeProgram): Promise<DoctorCheck> {
  const check = named('git', { needed: false })
  const found = await run('git', ['--version'])
  const version = /\d+(\.\d+)+/.exec(found?.stdout ?? '')?.[0]
  if (!version)
    return check.warn(
      `${found?.problem ?? 'not found'}: no checkpoints, diff, undo or commits`,
      'Install it: https://git-scm.com/downloads',
    )
  if (!isAtLeast(version, GIT_NEEDED)) return check.warn(`${version} is old`, `Update it to ${GIT_NEEDED} or newer.`)
  return check.ok(version)
}
