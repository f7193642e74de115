import { plural } from '../text/amounts.ts'
import type { DoctorCheck } from './check.ts'
import { exitCodeOf } from './check.ts'

const MARKS = { ok: '✓', warn: '!', fail: '✗' }
const PLAIN_MARKS = { ok: '+', warn: '!', fail: 'x' }

/** One line for each check, a second one where there is something to do, and a last one with the outcome. */
export function renderChecks(checks: readonly DoctorCheck[], { ascii }: { ascii: boolean }): string {
  const marks = ascii ? PLAIN_MARKS : MARKS
  const width = Math.max(0, ...checks.map(({ name }) => name.length))
  const indent = ' '.repeat(width + 4)
  const lines = checks.flatMap(({ name, status, detail, todo }) => {
    const [first = '', ...more] = detail.split('\n')
    return [
      `${marks[status]} ${name.padEnd(width)}  ${first}`.trimEnd(),
      ...more.map((line) => indent + line),
      ...(todo ? [`${indent}${ascii ? '->' : '→'} ${todo}`] : []),
    ]
  })
  return [...lines, '', verdict(checks)].join('\n')
}

function verdict(checks: readonly DoctorCheck[]): string {
  const count = (status: DoctorCheck['status']): number => checks.filter((check) => check.status === status).length
  const [failed, warned] = [count('fail'), count('warn')]
  if (failed === 0) return warned === 0 ? 'Everything is set up.' : `Ready, ${plural(warned, 'warning')}.`
  return exitCodeOf(checks) === 2 ? 'Not ready: tasks cannot run.' : 'Tasks can run, but not everything works.'
}

/** The checks for programs. */
export function checksAsJson(checks: readonly DoctorCheck[]): string {
  return JSON.stringify({ ok: exitCodeOf(checks) === 0, exit_code: exitCodeOf(checks), checks })
}

/** True where the terminal is unlikely to show more than ASCII. */
export function needsAscii(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return true
  if (platform === 'win32') return env.WT_SESSION === undefined && env.TERM_PROGRAM === undefined
  if (platform === 'darwin') return false
  return !/utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '')
}
