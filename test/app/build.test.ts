import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
let clone: string

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'baton-build-'))
  for (const part of ['bin', 'src', 'scripts', 'examples', 'package.json', 'config.yaml', '.env.example'])
    cpSync(join(ROOT, part), join(clone, part), { recursive: true, preserveTimestamps: true })
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  mkdirSync(join(clone, 'tasks'))
  writeFileSync(join(clone, 'tasks/today.md'), '## Task 1: A\n**Claude Instruction:**\nSay ok.\n')
  run('scripts/build.ts')
})
afterAll(() => rmSync(clone, { recursive: true, force: true }))

const run = (...args: string[]): string =>
  execFileSync(process.execPath, ['--no-warnings', ...args], { cwd: clone, encoding: 'utf8' })

const loaded = (name = 'main'): string =>
  run('-e', `import('./bin/entry.mjs').then((m) => console.log(m.entry('${name}')))`)
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

it('nothing of a start is called so often that V8 loads its largest compiler, which stays in memory', () => {
  const told = [1, 2, 3].map(() => run('--trace-opt', 'bin/baton.js', 'check')).join('')
  expect(told).toContain('1 task in 1 file')
  expect(told).toContain('MAGLEV')
  expect(told).not.toContain('TURBOFAN')
})

it('a look at the status only asks for the files that it is made of', () => {
  const set = (file: string, seconds: number) => utimesSync(join(clone, 'src', file), seconds, seconds)
  // What it loads at once, what only for a configuration that has to be read, and one that little is left of in the build.
  const needed = ['look.ts', 'commands/status.ts', 'config/read.ts', 'text/document/nodes.ts']
  for (const file of [...needed, 'http/app.ts']) set(file, 1_700_000_000)
  run('scripts/build.ts')
  for (const file of needed) {
    set(file, 1_700_000_001)
    expect(loaded('look'), file).toBe('src/look.ts')
    set(file, 1_700_000_000)
    expect(loaded('look'), file).toBe('dist/look.js')
  }
  set('http/app.ts', 1_700_000_001)
  expect([loaded(), loaded('look')]).toEqual(['src/main.ts', 'dist/look.js'])
  set('http/app.ts', 1_700_000_000)
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

describe('what runs once the code is kept', () => {
  /** Every file of the build becomes this when a task works: it would be seen to run. */
  const CHANGED = "process.stdout.write('CHANGED\\n')\n"
  /** Loads all parts of the build, after their files were changed. */
  const loadAll = (keep: string) => {
    const place = mkdtempSync(join(tmpdir(), 'baton-kept-'))
    try {
      for (const part of ['bin', 'dist', 'package.json'])
        cpSync(join(clone, part), join(place, part), { recursive: true })
      for (const name of ['supports-color', 'other']) {
        mkdirSync(join(place, 'node_modules', name), { recursive: true })
        writeFileSync(join(place, 'node_modules', name, 'index.js'), CHANGED)
      }
      const script = `
        const fs = require('node:fs')
        const late = require('./bin/late.cjs')
        const load = late.around((id) => require(id.replace('./', './dist/')))
        const first = load('./main.js')
        ${keep}
        const names = fs.readdirSync('dist').filter((name) => name.endsWith('.js'))
        for (const name of names) fs.writeFileSync('dist/' + name, ${JSON.stringify(CHANGED)})
        fs.rmSync('dist/' + names.find((name) => name.startsWith('app-')))
        const parts = names.map((name) => { try { return load('./' + name) } catch (error) { return error } })
        const said = ['other', 'supports-color', './../package.json'].map((id) => {
          try { return load(id) && id } catch (error) { return error.code }
        })
        console.log(names.length > 50, parts.filter((part) => part instanceof Error).length, load('./main.js') === first, said.join())
        console.log(typeof load('./lib-unified.js').unified, load('./lib-string-width.js').default?.('\u5bbd'))`
      return execFileSync(process.execPath, ['-e', script], { cwd: place, encoding: 'utf8' })
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  }

  it('is what was there then, whatever has become of the files, and no library from elsewhere', () => {
    const missing = 'MODULE_NOT_FOUND'
    expect(loadAll("late.keepCode(require('node:path').resolve('dist'))")).toBe(
      `true 0 true ${missing},${missing},${missing}\nfunction 2\n`,
    )
  })

  it('is what stands in the files otherwise', () => {
    expect(loadAll('')).toMatch(/CHANGED.*undefined undefined\n$/s)
  })

  it('is kept before the first task, instead of being loaded', () => {
    const parts = readdirSync(join(clone, 'dist')).filter((name) => /^work-.*js$/.test(name))
    expect(parts.map((name) => readFileSync(join(clone, 'dist', name), 'utf8')).join()).toMatch(
      /loadAllCode = async \(\) => require\("baton:late"\)\.keepCode\(__dirname\)/,
    )
  })
})

it('a command loads few parts, since each file takes its time', () => {
  const count = join(clone, 'count.cjs')
  writeFileSync(
    count,
    "process.on('exit', () => console.log('parts:', Object.keys(require.cache).filter((file) => /dist/.test(file)).length))",
  )
  expect(Number(/parts: (\d+)/.exec(run('-r', count, 'bin/baton.js', 'check'))?.[1])).toBeLessThan(20)
  expect(Number(/parts: (\d+)/.exec(run('-r', count, 'bin/baton.js', 'status'))?.[1])).toBeLessThan(6)
})

it('the build has one byte a letter', () => {
  // One that needs two would double the memory that its whole part takes.
  const parts = readdirSync(join(clone, 'dist')).filter((name) => name.endsWith('.js'))
  const wide = parts.filter((name) => /[^\0-\xff]/.test(readFileSync(join(clone, 'dist', name), 'utf8')))
  expect(wide).toEqual([])
  // As a tagged template is given them, the letters would be another text.
  const source = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => /String\.raw`[^`]*[^\0-\xff]/.test(readFileSync(join(folder, name), 'utf8')))
  expect(source(join(ROOT, 'src'))).toEqual([])
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
