import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PICTURES, picturesIn, putPictures } from '../../../src/sources/github/pictures.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import { issueWorld } from './world.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex')
let dir: string
let server: GitHubServer
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'baton-pictures-'))
  server = await startGitHub()
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

describe('pictures of an issue', () => {
  test('are those that the page shows', () => {
    const text =
      '![a](https://github.com/user-attachments/assets/1)\n<img width=1 src="https://x.example/2">\n`![no](https://x/3)`\n<!-- ![no](https://x/4) <img src=https://x/5> -->\n\n    ![no](https://x/6)\n\n![a](https://github.com/user-attachments/assets/1)'
    expect(picturesIn(text)).toEqual(['https://github.com/user-attachments/assets/1', 'https://x.example/2'])
    expect(
      picturesIn(
        '![x](https://x/1)\n\n'.repeat(3) + Array.from({ length: 30 }, (_, n) => `![](https://y/${n})`).join(' '),
      ),
    ).toHaveLength(10)
    expect(picturesIn('no picture')).toEqual([])
  })

  test('lie where git does not see them; what is no picture, or cannot be had, does not', async () => {
    const folder = join(dir, 'one')
    mkdirSync(folder)
    const files: Record<string, Buffer> = {
      a: PNG,
      b: Buffer.from('<svg onload="x()"/>'),
      c: Buffer.from('ffd8ffe0', 'hex'),
      e: Buffer.from('#!/bin/sh\n'),
    }
    const fetchOne = async (name: string) => {
      if (name === 'd') throw new Error('away')
      return files[name]
    }
    expect(await putPictures(folder, ['a', 'b', 'c', 'd', 'e', 'f'], fetchOne)).toBe(2)
    expect(readdirSync(join(folder, PICTURES)).sort()).toEqual(['.gitignore', '1.png', '3.jpg'])
    // Those of the task before go.
    await putPictures(folder, [], fetchOne)
    expect(existsSync(join(folder, PICTURES))).toBe(false)
  })

  test.each(['.baton', PICTURES])('are not written through a link that an agent left at %s', async (place) => {
    const folder = mkdtempSync(join(dir, 'link-'))
    const elsewhere = mkdtempSync(join(dir, 'elsewhere-'))
    writeFileSync(join(elsewhere, 'kept'), 'x')
    if (place !== '.baton') mkdirSync(join(folder, '.baton'))
    symlinkSync(elsewhere, join(folder, place))
    expect(await putPictures(folder, ['a'], async () => PNG)).toBe(1)
    expect(readdirSync(elsewhere)).toEqual(['kept'])
    expect(lstatSync(join(folder, place)).isDirectory()).toBe(true)
  })

  test('of writers alone come along, from GitHub alone, and none of them is committed', async () => {
    const world = issueWorld(server)
    try {
      server.files.set('/user-attachments/assets/1', { body: PNG })
      server.files.set('/user-attachments/assets/2', { to: 'http://169.254.169.254/latest/meta-data' })
      server.files.set('/user-attachments/assets/3', { body: PNG })
      const at = (n: number) => `![x](${server.origin}/user-attachments/assets/${n})`
      const { repo } = world
      const baton = await world.open()
      const body = `rehearse: edit a.txt "one"\n\n${at(1)} ${at(2)} ![x](https://evil.example/9)`
      const { number } = repo.open('wendy', { title: 'Add a', body })
      repo.comment(number, 'mallory', at(3))
      repo.label(number, 'ready', 'wendy')
      await baton.settle()
      expect(baton.errors).toEqual([])
      expect(server.fileRequests.map((one) => one.split(' ')[0])).toEqual([
        '/user-attachments/assets/1',
        '/user-attachments/assets/2',
      ])
      const trees = join(world.home.dir, '.baton/worktrees')
      const found = readdirSync(trees, { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('/pictures/1.png'),
      )
      expect(found.map((path) => readFileSync(join(trees, path)))).toEqual([PNG])
      expect(repo.git('ls-tree', '-r', '--name-only', `feature/issue-${number}`).split('\n')).toEqual([
        'README.md',
        'a.txt',
      ])
    } finally {
      await world.close()
    }
  })
})
