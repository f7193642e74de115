import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '../../src')

/** Names that may be exported by several files, each with the reason. */
const ALLOWED: Readonly<Record<string, string>> = {}

const EXPORTED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) ([A-Za-z_$][\w$]*)/gm

function namesOf(text: string): string[] {
  return [...text.matchAll(EXPORTED)].map(([, name]) => name as string)
}

/** Each exported name with the files that define it. */
function meanings(files: readonly { path: string; text: string }[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { path, text } of files) {
    for (const name of namesOf(text)) found.set(name, (found.get(name) ?? new Set()).add(path))
  }
  return found
}

function several(files: readonly { path: string; text: string }[]): string[] {
  return [...meanings(files)]
    .filter(([name, places]) => places.size > 1 && !Object.hasOwn(ALLOWED, name))
    .map(([name, places]) => `${name}: ${[...places].join(', ')}`)
}

describe('exported names', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(SRC, path), 'utf8') }))

  it('mean one thing each', () => {
    // Give the younger one a name that says which of the two it is.
    expect(several(files)).toEqual([])
  })

  it('are found in every form of an export', () => {
    const text = [
      'export const a = 1',
      'export async function b() {}',
      'export function* c() {}',
      'export class D {}',
      'export abstract class E {}',
      'export interface F {}',
      'export type G = 1',
      'const h = 1',
      '  export const inside = 1',
    ].join('\n')
    expect(namesOf(text)).toEqual(['a', 'b', 'c', 'D', 'E', 'F', 'G'])
    expect(
      several([
        { path: 'x.ts', text },
        { path: 'y.ts', text: 'export const a = 2' },
      ]),
    ).toEqual(['a: x.ts, y.ts'])
    // The same file may declare a type and a value of one name.
    expect(several([{ path: 'x.ts', text: 'export const a = 1\nexport type a = typeof a' }])).toEqual([])
  })
})
