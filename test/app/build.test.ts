import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
let clone: string

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'baton-build-'))
  for (const part of ['bin', 'src', 'scripts', 'examples', 'package.json', 'config.yaml', '.env.example'])
    cpSync(join(ROOT, part), join(clone, part), { recursive: true, preserveTimestamps: true })
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  run('scripts/build.ts')
})
afterAll(() => rmSync(clone, { recursive: true, force: true }))

const run = (...args: string[]): string =>
  execFileSync(process.execPath, ['--no-warnings', ...args], { cwd: clone, encoding: 'utf8' })

const loaded = (): string =>
  run('-e', "import('./bin/entry.mjs').then((m) => console.log(m.entry('main')))")
    .trim()
    .slice(clone.length + 1)

it('a clone loads what was built from it, until a file of the source changes', () => {
  expect(loaded()).toBe('dist/main.js')

  const file = join(clone, 'src/version.ts')
  utimesSync(file, new Date(), new Date())
  expect(loaded()).toBe('src/main.ts')
  run('scripts/build.ts')
  expect(loaded()).toBe('dist/main.js')

  // A page of the dashboard counts as well: it is served from the build.
  appendFileSync(join(clone, 'src/http/dashboard/index.html'), '\n')
  expect(loaded()).toBe('src/main.ts')
  run('scripts/build.ts')
  writeFileSync(join(clone, 'src/new.ts'), '')
  expect(loaded()).toBe('src/main.ts')
  rmSync(join(clone, 'src/new.ts'))
  expect(loaded()).toBe('dist/main.js')
})

it('the build says and serves what the source does', async () => {
  const source = (...args: string[]) =>
    execFileSync(process.execPath, [join(ROOT, 'bin/baton.js'), ...args], { encoding: 'utf8' })
  for (const args of [['--version'], ['--help'], ['approve', '--help']])
    expect(run('bin/baton.js', ...args)).toBe(source(...args))

  const daemon = spawn(process.execPath, ['bin/baton.js', 'start'], { cwd: clone, env: { ...process.env, PORT: '0' } })
  try {
    const link = await new Promise<string>((found, fail) => {
      let said = ''
      daemon.stdout.on('data', (text) => {
        said += text
        const [address] = /http:\/\/\S+/.exec(said) ?? []
        if (address !== undefined) found(address)
      })
      daemon.on('exit', () => fail(new Error(`The daemon ended: ${said}`)))
    })
    const page = await fetch(new URL('/', link), { headers: { accept: 'text/html' } })
    expect(await page.text()).toContain('<html')
    expect((await fetch(new URL('/health', link))).status).toBe(200)
  } finally {
    daemon.kill()
    await new Promise((ended) => daemon.once('exit', ended))
  }
})

it('the package needs no TypeScript: what npm packs runs alone', () => {
  const place = mkdtempSync(join(tmpdir(), 'baton-packed-'))
  const home = mkdtempSync(join(tmpdir(), 'baton-home-'))
  try {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', place], { cwd: clone, stdio: 'pipe' })
    const [file] = readdirSync(place)
    execFileSync('tar', ['-xzf', file as string], { cwd: place })
    const packed = join(place, 'package')
    symlinkSync(join(ROOT, 'node_modules'), join(packed, 'node_modules'))
    expect(readdirSync(packed)).not.toContain('src')
    const baton = (...args: string[]) =>
      execFileSync(process.execPath, [join(packed, 'bin/baton.js'), ...args], { cwd: home, encoding: 'utf8' })
    expect(baton('--version')).toBe(run('bin/baton.js', '--version'))
    expect(
      baton(
        'check',
        join(packed, 'examples', readdirSync(join(packed, 'examples')).find((name) => name.endsWith('.md')) as string),
      ),
    ).toMatch(/task/)
    expect(baton('demo')).toMatch(/done/)
  } finally {
    for (const folder of [place, home]) rmSync(folder, { recursive: true, force: true })
  }
})

it('an install without the bundler leaves the source to run', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'baton-nobundler-'))
  try {
    for (const part of ['bin', 'src', 'scripts', 'package.json'])
      cpSync(join(clone, part), join(elsewhere, part), { recursive: true })
    const build = () =>
      execFileSync(process.execPath, ['--no-warnings', 'scripts/build.ts', '--if-possible'], {
        cwd: elsewhere,
        stdio: 'pipe',
      })
    expect(build).not.toThrow()
    expect(readdirSync(elsewhere)).not.toContain('dist')
    expect(() =>
      execFileSync(process.execPath, ['--no-warnings', 'scripts/build.ts'], { cwd: elsewhere, stdio: 'pipe' }),
    ).toThrow(/rolldown/)
  } finally {
    rmSync(elsewhere, { recursive: true, force: true })
  }
})
