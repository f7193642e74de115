import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUILT_FROM, listSource } from '../bin/entry.mjs'

/**
 * Builds `dist/`: our modules in a few files, which start twice as fast and take 30 MB less than the TypeScript. Libraries
 * stay what npm installed. With `--if-possible` (after an install) a machine without the bundler runs the source instead.
 */
const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const fresh = join(root, `dist.${process.pid}`)

try {
  const { rolldown } = await import('rolldown')
  // Listed before it is read: a file that changes meanwhile makes the build stale, not wrong.
  const builtFrom = listSource()
  const bundle = await rolldown({
    cwd: root,
    input: { main: 'src/main.ts', 'rehearsal-main': 'src/rehearsal/main.ts' },
    platform: 'node',
    external: /^[^./]/,
  })
  // All in one folder: program, version and pages are found by their place relative to it.
  await bundle.write({ dir: fresh, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
  cpSync(join(root, 'src/http/dashboard'), join(fresh, 'dashboard'), { recursive: true })
  writeFileSync(join(fresh, BUILT_FROM), builtFrom)
  rmSync(dist, { recursive: true, force: true })
  renameSync(fresh, dist)
} catch (error) {
  rmSync(fresh, { recursive: true, force: true })
  if (!process.argv.includes('--if-possible')) throw error
}
