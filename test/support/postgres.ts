import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where Debian puts the programs of a Postgres; the newest that is there. */
const BIN = (() => {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).filter((name) => /^\d+$/.test(name)) : []
  const [newest] = versions.toSorted((a, b) => Number(b) - Number(a))
  return newest === undefined ? undefined : join(root, newest, 'bin')
})()

/** Postgres refuses to run as root. */
const user = process.getuid?.() === 0 ? idOf('postgres') : undefined

/** Why tests that need a Postgres cannot run here; undefined: they can. */
export const noPostgres: string | undefined =
  BIN === undefined || !existsSync(join(BIN, 'initdb'))
    ? 'no Postgres: apt-get install postgresql'
    : process.getuid?.() === 0 && user === undefined
      ? 'no user postgres'
      : undefined

/** A Postgres of our own, with a socket in its folder and no port. */
export interface TestPostgres {
  /** A new, empty database. */
  createDatabase: () => string
  start: () => void
  /** `immediate`: as after a power cut. */
  stop: (how?: 'fast' | 'immediate') => void
  /** As behind a network that swallows everything: connected, and silent. */
  silence: (isSilent: boolean) => void
  query: (url: string, text: string) => string
  remove: () => void
}

/** Makes a cluster and starts it. */
export function startPostgres(): TestPostgres {
  const folder = mkdtempSync(join(tmpdir(), 'baton-pg-'))
  const data = join(folder, 'data')
  if (user) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o755)
  const run = (program: string, args: string[]) =>
    execFileSync(join(BIN as string, program), args, {
      ...(user && user),
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  run('initdb', ['-D', data, '-U', 'baton', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const options = `-k ${folder} -c listen_addresses='' -c fsync=off -c max_connections=60`
  const start = () => void run('pg_ctl', ['-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start'])
  let made = 0
  start()
  const query = (url: string, text: string) =>
    run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', text]).trim()
  const urlOf = (name: string) => `postgres://baton@/${name}?host=${encodeURIComponent(folder)}`
  const stop: TestPostgres['stop'] = (how = 'fast') => void run('pg_ctl', ['-D', data, '-m', how, '-w', 'stop'])
  return {
    createDatabase: () => {
      const name = `baton${++made}`
      query(urlOf('postgres'), `CREATE DATABASE ${name}`)
      return urlOf(name)
    },
    start,
    stop,
    query,
    silence: (isSilent) => {
      const [first = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
      const children = spawnSync('ps', ['-o', 'pid=', '--ppid', first], { encoding: 'utf8' }).stdout.split(/\s+/)
      for (const pid of [first, ...children.filter(Boolean)].map(Number))
        process.kill(pid, isSilent ? 'SIGSTOP' : 'SIGCONT')
    },
    remove: () => {
      try {
        stop('immediate')
      } catch {
        // A test has stopped it.
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function idOf(name: string): { uid: number; gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout))
  return uid && gid ? { uid, gid } : undefined
}
