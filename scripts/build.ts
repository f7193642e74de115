import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import type { OutputBundle, Plugin, PluginContext } from 'rolldown'
import { BUILT_FROM, BUILT_FROM_FEW, listSource } from '../bin/entry.mjs'
import { ALL_PARTS, ITSELF, LATE } from '../bin/late.cjs'

/**
 * Builds `dist/`: our modules and the libraries in a few files, which start in half the time of the TypeScript and take 40 MB less.
 * They are in the old format of modules: with the new one, Node loads a third of its own libraries for a few names of them.
 * With `--if-possible` (after an install) a machine without the bundler runs the source instead.
 */
const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const fresh = join(root, `dist.${process.pid}`)

/** Libraries that are loaded at their first use, in the midst of other work: each is a part of its own. */
const AT_FIRST_USE = ['unified', 'remark-parse', 'remark-gfm', 'string-width']
const atFirstUse: Plugin = {
  name: 'at-first-use',
  transform: (code) =>
    code.includes('createRequire(import.meta.url)')
      ? code.replaceAll('createRequire(import.meta.url)', "((name) => require('./lib-' + name + '.js'))")
      : undefined,
}

/** What the source loads before an agent works, so that it cannot be changed, the build keeps in memory without running it. */
const keepCode: Plugin = {
  name: 'keep-code',
  load: (id) =>
    id === join(root, 'src/app/load-all.ts')
      ? `export const loadAllCode = async () => require("${LATE}").keepCode(__dirname)`
      : undefined,
}

/** V8 keeps a source in two bytes a letter when only one of its letters needs them. */
const inOneByte = (code: string): string =>
  code.replace(/[^\0-\xff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

const QUICKLY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/** What `bin/late.cjs` reads: in one byte a letter there, too. */
function allParts(files: OutputBundle): Buffer {
  const parts = Object.values(files).flatMap((file) =>
    file.type === 'chunk'
      ? [{ name: file.fileName, bytes: brotliCompressSync(Buffer.from(file.code, 'latin1'), QUICKLY) }]
      : [],
  )
  const list = JSON.stringify(parts.map(({ name, bytes }) => [name, bytes.length]))
  return Buffer.concat([Buffer.from(`${list}\n`), ...parts.map(({ bytes }) => bytes)])
}

/** Of all lines about the source those of the files that `file` is made of, and of what it loads, at once or later. */
function linesOf(file: string, lines: string, infoOf: PluginContext['getModuleInfo']): string {
  const ids = reachedFrom([file], (id) => {
    const { importedIds = [], dynamicallyImportedIds = [] } = infoOf(id) ?? {}
    return [...importedIds, ...dynamicallyImportedIds]
  })
  return lines.replace(/^.*\n/gm, (line) => (ids.has(sourceFile(line.slice(0, line.indexOf(' ')))) ? line : ''))
}

const sourceFile = (file: string): string => join(root, 'src', file)

/** The modules of these files of the source, and all that they lead to. */
function reachedFrom(files: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const ids = new Set(files.map(sourceFile))
  // Grows while it is gone through.
  for (const id of ids) for (const other of next(id)) ids.add(other)
  return ids
}

/**
 * Modules that are loaded together are one part, since Node takes a third of a millisecond for each file: what a look at the status is made
 * of, what every command needs, what reads the configuration, and what a run and the daemon have in common. A module is in the first
 * of them that it fits. With a module comes all that it imports, so that none of them asks for a later one.
 */
const together = {
  look: new Set<string>(),
  command: new Set<string>(),
  config: new Set<string>(),
  work: new Set<string>(),
}
const LOOK = ['look.ts']
const COMMAND = ['main.ts', 'commands/argv/read-argv.ts', 'commands/state/refuse-inside.ts']
const CONFIG = ['commands/state/load-config.ts', 'commands/state/project.ts']
const RUN = [...COMMAND, 'commands/tasks.ts', 'app/open-app.ts']
const DAEMON = [...COMMAND, 'commands/start.ts', 'app/open-app.ts', 'app/daemon.ts']
const findTogether: Plugin = {
  name: 'find-together',
  buildEnd() {
    const loadedBy = (files: readonly string[]) => reachedFrom(files, (id) => this.getModuleInfo(id)?.importedIds ?? [])
    const [run, daemon] = [[...loadedBy(RUN)], loadedBy(DAEMON)]
    together.look = loadedBy(LOOK)
    together.command = loadedBy(COMMAND)
    together.config = new Set([...loadedBy(CONFIG), ...run.filter((id) => id.includes('/node_modules/yaml/'))])
    together.work = new Set(run.filter((id) => daemon.has(id)))
  },
}
const isEntry = (id: string): boolean => id === sourceFile('look.ts') || id === sourceFile('main.ts')
const groupOf = (name: keyof typeof together, priority: number) => ({
  name,
  priority,
  test: (id: string) => together[name].has(id) && !isEntry(id),
})

const finish = (builtFrom: string): Plugin => ({
  name: 'finish',
  generateBundle(_, files) {
    for (const [name, fileName] of Object.entries(BUILT_FROM_FEW))
      this.emitFile({ type: 'asset', fileName, source: linesOf(`${name}.ts`, builtFrom, this.getModuleInfo) })
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = inOneByte(file.code)
    this.emitFile({ type: 'asset', fileName: ALL_PARTS, source: allParts(files) })
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' })
  },
})

try {
  const { rolldown } = await import('rolldown')
  // Listed before it is read: a file that changes meanwhile makes the build stale, not wrong.
  const builtFrom = listSource()
  const bundle = await rolldown({
    cwd: root,
    input: {
      main: 'src/main.ts',
      look: 'src/look.ts',
      'rehearsal-main': 'src/rehearsal/main.ts',
      ...Object.fromEntries(AT_FIRST_USE.map((name) => [`lib-${name}`, name])),
    },
    platform: 'node',
    // What the configuration loads when it has to be read, a run loads at once.
    checks: { ineffectiveDynamicImport: false },
    // Libraries look for these, and do without.
    external: ['supports-color', 'zlib-sync', LATE],
    plugins: [atFirstUse, keepCode, findTogether, finish(builtFrom)],
  })
  // All in one folder: program, version and pages are found by their place relative to it.
  await bundle.write({
    ...{ dir: fresh, format: 'cjs', exports: 'named', comments: false },
    ...{ entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    codeSplitting: { groups: [groupOf('look', 4), groupOf('command', 3), groupOf('config', 2), groupOf('work', 1)] },
    ...{ strict: true, intro: `require = require("${ITSELF}").around(require);` },
  })
  cpSync(join(root, 'src/http/dashboard'), join(fresh, 'dashboard'), { recursive: true })
  writeFileSync(join(fresh, BUILT_FROM), builtFrom)
  rmSync(dist, { recursive: true, force: true })
  renameSync(fresh, dist)
} catch (error) {
  rmSync(fresh, { recursive: true, force: true })
  if (!process.argv.includes('--if-possible')) throw error
}
