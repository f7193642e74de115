import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BatonError } from '../../src/errors.ts'
import { rotatingFile } from '../../src/log/rotating-file.ts'
import { openLog } from '../../src/log.ts'
import { redactor } from '../../src/redact/redact.ts'

const SECRET = 'planted"secret"0815'

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'baton-log-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const entries = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('entries are JSON lines without secrets, in messages, data, bindings and errors', async () => {
  const dir = folder()
  const { log, close } = await openLog({ dir, level: 'info', redact: redactor([SECRET]) })
  const error = Object.assign(new Error(`failed at ${SECRET}`, { cause: new Error(SECRET) }), {
    error: { url: SECRET },
  })
  log.info(`hello ${SECRET}`)
  log.warn({ nested: [{ [SECRET]: SECRET }], problem: error }, 'data')
  log.error(error)
  log.child({ who: SECRET }).info('child')
  log.debug('not at this level')
  close()

  const text = readFileSync(join(dir, 'baton.log'), 'utf8')
  expect(text).not.toContain('0815')
  expect(entries(join(dir, 'baton.log'))).toMatchObject([
    { level: 30, msg: 'hello [redacted]' },
    {
      nested: [{ '[redacted]': '[redacted]' }],
      problem: { message: 'failed at [redacted]', cause: { message: '[redacted]' } },
    },
    { level: 50, err: { name: 'Error', message: 'failed at [redacted]', stack: expect.any(String) } },
    { who: '[redacted]', msg: 'child' },
  ])
  expect(statSync(join(dir, 'baton.log')).mode & 0o077).toBe(0)
})

test('files stay below their size and their number, and the newest lines are kept in order', () => {
  const dir = folder()
  const file = rotatingFile(join(dir, 'baton.log'), { largestBytes: 1_000, kept: 2 })
  for (let number = 0; number < 500; number++) file.write(`line ${number}\n`)
  file.close()
  const names = readdirSync(dir).sort()
  expect(names).toEqual(['baton.1.log', 'baton.2.log', 'baton.log'])
  for (const name of names) expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(1_000)
  const kept = ['baton.2.log', 'baton.1.log', 'baton.log'].flatMap((name) =>
    readFileSync(join(dir, name), 'utf8').trimEnd().split('\n'),
  )
  expect(kept.at(-1)).toBe('line 499')
  expect(kept).toEqual(kept.map((_line, index) => `line ${500 - kept.length + index}`))
})

test('a second start goes on in the same file', () => {
  const dir = folder()
  for (const word of ['first', 'second']) {
    const file = rotatingFile(join(dir, 'baton.log'), { largestBytes: 1_000, kept: 2 })
    file.write(`${word}\n`)
    file.close()
  }
  expect(readFileSync(join(dir, 'baton.log'), 'utf8')).toBe('first\nsecond\n')
})

test('a folder that cannot be written is one clear error', async () => {
  const dir = folder()
  writeFileSync(join(dir, 'logs'), 'a file stands in the way')
  const failure = await openLog({ dir: join(dir, 'logs'), level: 'info', redact: redactor([]) }).catch(
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(BatonError)
  expect(failure).toMatchObject({ code: 'folder-unwritable' })
})

test.skipIf(process.platform !== 'linux')('a full disk costs lines and not the program, and the loss is told', () => {
  const dir = folder()
  const path = join(dir, 'baton.log')
  // A limit on the size of files is the closest thing to a full disk that needs no rights.
  const script = `
    import { rotatingFile } from ${JSON.stringify(new URL('../../src/log/rotating-file.ts', import.meta.url).href)}
    process.on('SIGXFSZ', () => {})
    const file = rotatingFile(${JSON.stringify(path)}, { largestBytes: 1e9, kept: 1 })
    for (let i = 0; i < 2000; i++) file.write('x'.repeat(99) + '\\n')
    const { truncateSync } = await import('node:fs')
    truncateSync(${JSON.stringify(path)}, 0)
    file.write('after\\n')
    console.log('alive')
  `
  const run = spawnSync('bash', ['-c', 'ulimit -f 64; exec node --input-type=module-typescript -e "$0"', script], {
    encoding: 'utf8',
  })
  expect(run.stdout).toBe('alive\n')
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({
    msg: expect.stringMatching(/^\d+ log entries could not be written$/),
  })
  expect(lines.at(-1)).toBe('after')
})

test('what was logged before process.exit is there, and nothing keeps the process alive', () => {
  const dir = folder()
  const script = `
    import { openLog } from ${JSON.stringify(new URL('../../src/log.ts', import.meta.url).href)}
    const { log } = await openLog({ dir: ${JSON.stringify(dir)}, level: 'info', redact: (text) => text })
    log.info('last words')
    if (process.argv[1] === 'exit') process.exit(0)
  `
  for (const end of ['exit', 'return']) {
    execFileSync('node', ['--input-type=module-typescript', '-e', script, end], { timeout: 10_000 })
  }
  expect(entries(join(dir, 'baton.log')).map(({ msg }) => msg)).toEqual(['last words', 'last words'])
})
