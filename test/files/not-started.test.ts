import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isStartError, type PathKind, pathKindAt, whyNotStarted } from '../../src/files/not-started.ts'

const home = mkdtempSync(join(tmpdir(), 'baton-start-'))
afterAll(() => rmSync(home, { recursive: true }))
const at = (name: string) => join(home, name)

/** Folders that are there for everybody, and what else stands where. */
const world = (standing: Record<string, PathKind>) => (path: string) => standing[path] ?? 'nothing'
const OPEN: Record<string, PathKind> = { '/work': 'folder', '/open': 'folder', '/later': 'folder', '/closed': 'folder' }
const why = (program: string, standing: Record<string, PathKind>, path = '/closed:/open:/later') =>
  whyNotStarted(program, { path, cwd: '/work' }, world({ ...OPEN, ...standing }))

test('What is nowhere was not found, in whatever folder', () => {
  expect(why('claude', {})).toEqual({ how: 'missing', text: 'claude was not found in any folder of PATH' })
  expect(why('/open/claude', {})).toEqual({ how: 'missing', text: '/open/claude was not found' })
})

test('A folder of PATH that is closed is named, and is no reason where the program is found elsewhere', () => {
  const closed: Record<string, PathKind> = { '/closed/claude': 'closed' }
  expect(why('claude', closed)).toMatchObject({
    how: 'closed-folder',
    text: 'claude was not found; the folder /closed of PATH cannot be searched (no permission), so it may be there',
  })
  expect(why('claude', { ...closed, '/open/claude': 'program' })).toBeUndefined()
  expect(why('claude', { ...closed, '/open/claude': 'plain-file' })?.text).toBe('/open/claude is not executable')
})

test('The folder that is closed is named, not one below it', () => {
  const closed: Record<string, PathKind> = { '/root/bin/claude': 'closed', '/root/bin': 'closed', '/root': 'folder' }
  expect(why('/root/bin/claude', closed)?.text).toContain('the folder /root cannot be searched')
  expect(why('claude', closed, '/root/bin')?.text).toContain('the folder /root cannot be searched')
})

test('What is found and cannot be run is named with its place; a later one that can be is started', () => {
  expect(why('claude', { '/open/claude': 'folder' })?.text).toBe('/open/claude is a folder')
  expect(why('claude', { '/open/claude': 'plain-file', '/later/claude': 'program' })).toBeUndefined()
})

test('Relative names and folders count from where it works', () => {
  expect(why('./claude', { '/work/claude': 'program' })).toBeUndefined()
  expect(why('claude', { '/work/claude': 'program' }, '')).toBeUndefined()
  expect(why('claude', { '/work/bin/claude': 'program' }, 'bin')).toBeUndefined()
})

test('The working folder is told first', () => {
  expect(why('claude', { '/work': 'nothing' })?.text).toBe('the folder /work does not exist')
  expect(why('claude', { '/work': 'plain-file' })?.text).toBe('/work is not a folder')
  expect(why('claude', { '/work/any': 'closed' })?.text).toBe('the folder /work cannot be entered: no permission')
})

test('On a real disk', () => {
  mkdirSync(at('folder'))
  writeFileSync(at('plain'), '')
  writeFileSync(at('program'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(at('orphan'), '#! /no/such/interpreter -x\n', { mode: 0o755 })
  symlinkSync('nowhere', at('dangling'))
  const standings = ['folder', 'plain', 'program', 'dangling', 'plain/in-a-file'].map((name) => pathKindAt(at(name)))
  expect(standings).toEqual(['folder', 'plain-file', 'program', 'nothing', 'nothing'])
  const place = { path: home, cwd: home }
  expect(whyNotStarted('program', place)).toBeUndefined()
  expect(whyNotStarted('orphan', place)?.text).toBe(
    `${at('orphan')} is there, but /no/such/interpreter, named in its first line, was not found`,
  )
})

test.runIf(process.getuid?.() !== 0)('A folder without the right to search it is closed (not as root)', () => {
  mkdirSync(at('closed'), { mode: 0o600 })
  expect(whyNotStarted('claude', { path: at('closed'), cwd: home })?.how).toBe('closed-folder')
  expect(whyNotStarted('sh', { path: '/bin', cwd: at('closed') })?.how).toBe('working-folder')
})

test('Only the system’s own words are errors of a start', () => {
  expect(['ENOENT', 'EACCES', 'E2BIG'].map(isStartError)).toEqual([true, true, true])
  expect([1, null, undefined, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'].map(isStartError)).toEqual([
    false,
    false,
    false,
    false,
  ])
})
