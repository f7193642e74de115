import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { programFolder } from '../../src/program-folder.ts'

let dir: string
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-whose-')))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** A folder that looks like a checkout of the program. */
const checkout = (name: string) => {
  const folder = join(dir, name)
  mkdirSync(join(folder, 'bin'), { recursive: true })
  mkdirSync(join(folder, 'src'))
  cpSync(join(programFolder(), 'package.json'), join(folder, 'package.json'))
  writeFileSync(join(folder, 'bin/baton.js'), '')
  return folder
}

const read = (home: string, program: string, config?: string) => {
  mkdirSync(home, { recursive: true })
  if (config !== undefined) writeFileSync(join(home, 'config.yaml'), config)
  return readConfig({ home, env: {}, program })
}

const pathOf = async (...args: Parameters<typeof read>) => {
  const result = await read(...args)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.config.projects[0]
}

const refusalOf = async (...args: Parameters<typeof read>) => {
  const result = await read(...args)
  return 'problems' in result ? result.problems.map(({ message }) => message) : []
}

describe('the folder to work in', () => {
  it('is work/ when the home is the checkout of the program', async () => {
    const program = checkout('baton')
    expect(await pathOf(program, program)).toMatchObject({ path: join(program, 'work'), makeFolder: true })
    symlinkSync(program, join(dir, 'link'))
    expect(await pathOf(join(dir, 'link'), program)).toMatchObject({ path: join(dir, 'link/work'), makeFolder: true })
  })

  it('is work/ in another checkout of Baton, too, as in one that is mounted into a container', async () => {
    const other = checkout('mounted')
    expect(await pathOf(other, checkout('app'))).toMatchObject({ path: join(other, 'work'), makeFolder: true })
  })

  it('is the home everywhere else, and what the user wrote wherever that is', async () => {
    const program = checkout('baton')
    const home = join(dir, 'mine')
    expect(await pathOf(home, program)).toMatchObject({ path: home })
    expect(await pathOf(home, program)).not.toHaveProperty('makeFolder')
    expect(await pathOf(program, program, 'project: ../mine\n')).toMatchObject({ path: home })
    expect(await pathOf(program, program, 'project: work\n')).not.toHaveProperty('makeFolder')
  })

  it.each(['.', '..', '../baton', './src', 'node_modules', '../link', '../link/bin', '/'])(
    'is never %s, which holds the program',
    async (written) => {
      const program = checkout('baton')
      symlinkSync(program, join(dir, 'link'))
      const [refused, ...more] = await refusalOf(program, program, `project: ${written}\n`)
      expect(more).toEqual([])
      expect(refused).toBe(
        `\`${written}\` contains Baton's own program; write \`project: work\`, or \`project: \` and the folder of your project`,
      )
    },
  )

  it('is refused for one of several projects, too', async () => {
    const program = checkout('baton')
    const home = join(dir, 'mine')
    const refused = await refusalOf(
      home,
      program,
      'projects:\n  web:\n    path: ../baton\n  api:\n    path: ../other\n',
    )
    expect(refused).toEqual(["`../baton` contains Baton's own program; write `path: ` and the folder of your project"])
  })

  it('may be a repository of the user that Baton is installed into', async () => {
    const program = checkout('mine/node_modules/baton-tasks')
    const home = dirname(dirname(program))
    expect(await pathOf(home, program)).toMatchObject({ path: home })
    expect(await pathOf(home, program, 'project: .\n')).toMatchObject({ path: home })
    expect(await refusalOf(home, program, 'project: node_modules/baton-tasks\n')).toHaveLength(1)
  })

  it('needs a word where the program lies in a plain folder of the home', async () => {
    const program = checkout('mine/tools/baton')
    expect(await refusalOf(join(dir, 'mine'), program)).toEqual([
      "`.` contains Baton's own program; write `project: ` and the folder of your project",
    ])
  })
})
