/**
 * Runs the tests on an odd machine: another day, time zone and language, files that are readable by their owner alone,
 * and, started as root, as a user that is not root and has a closed folder on its PATH.
 *
 *   npm run test:odd                        the combination of today
 *   npm run test:odd -- new-year            the one of that name
 *   npm run test:odd -- new-year test/http  anything more is given to vitest
 *   npm run test:odd -- --list
 */
import { execFileSync, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { COMBINATIONS, type Combination, combinationOfDay } from './odd-machine/combinations.ts'
import { makeOtherUser, type OtherUser } from './odd-machine/other-user.ts'

const PROJECT = resolve(import.meta.dirname, '..')

const [first, ...rest] = process.argv.slice(2)
const named = COMBINATIONS.find(({ name }) => name === first)
if (first === '--list') {
  for (const combination of COMBINATIONS) console.log(describe(combination))
} else {
  const more = named || first === undefined ? rest : [first, ...rest]
  process.exitCode = await run(named ?? combinationOfDay(Date.now()), more)
}

function describe({ name, clock, zone, language }: Combination): string {
  return `${name}: clock ${clock}, TZ=${zone}, LANG=${language}`
}

async function run(combination: Combination, args: string[]): Promise<number> {
  const isRoot = process.getuid?.() === 0
  const who = isRoot ? 'as a user other than root' : 'as the user who started it'
  console.log(`Odd machine ${describe(combination)}, umask 077, ${who}\n`)
  if (!speaks(combination.language)) {
    console.log(
      `${combination.language} is not there (localedef makes it): Node formats by it, git and sh stay English.\n`,
    )
  }
  const user = isRoot ? makeOtherUser(PROJECT) : undefined
  try {
    return await runVitest(combination, user, args)
  } finally {
    user?.remove()
  }
}

function runVitest(combination: Combination, user: OtherUser | undefined, args: string[]): Promise<number> {
  const project = user?.project ?? PROJECT
  const bin = join(project, 'node_modules/.bin')
  const command = [...(user?.as ?? []), join(bin, 'node'), join(bin, 'vitest'), 'run', ...args]
  const folders = [bin, ...(process.env.PATH ?? '').split(':').filter((folder) => !folder.startsWith(PROJECT))]
  const { LC_ALL, LC_CTYPE, LC_MESSAGES, LC_TIME, LANGUAGE, ...named } = process.env
  // What npm says of itself to its scripts names the folders of who started it.
  const env = Object.fromEntries(Object.entries(named).filter(([name]) => !name.startsWith('npm_')))
  process.umask(0o077)
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: project,
    stdio: 'inherit',
    env: {
      ...env,
      ...(user && { HOME: user.home, USER: user.name, LOGNAME: user.name }),
      PATH: [...(user ? [user.closed] : []), ...folders].join(':'),
      TZ: combination.zone,
      LANG: combination.language,
      BATON_ODD_CLOCK: combination.clock,
    },
  })
  return new Promise((settle, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => settle(code ?? 1))
  })
}

/** True where the programs of the system know the language. */
function speaks(language: string): boolean {
  const plain = (name: string) => name.toLowerCase().replaceAll('-', '')
  try {
    return execFileSync('locale', ['-a'], { encoding: 'utf8' }).split('\n').map(plain).includes(plain(language))
  } catch {
    return false
  }
}
