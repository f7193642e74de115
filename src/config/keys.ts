import { z } from 'zod/v3'
import type { ValueKind } from './kinds.ts'

/** One key of config.yaml: what may stand there, what holds when nothing does, and what it is for. */
export interface Key<T> {
  key: ValueKind<T>
  /** The default as it would be written; undefined: there is none, and `otherwise` says what happens then. */
  initial: unknown
  otherwise?: string
  about: string
  /** As in config.yaml: what to write, where the default does not show it. May have several lines. */
  example?: string
  /** It is still read, and shown nowhere: another one has taken its place. */
  isOld?: true
}

/** Keys that stand together under one name. */
export interface Group {
  [name: string]: Key<unknown> | Group
}

type Reads<G> = { [N in keyof G]: G[N] extends Key<infer T> ? T : Reads<G[N]> }
type PartlyReads<G> = { [N in keyof G]?: (G[N] extends Key<infer T> ? T : PartlyReads<G[N]>) | undefined }

/** What checking a group gives: every key with a value, defaults filled in. */
export type Values<G extends Group> = Reads<G>

/** The same with only what was written. */
export type Written<G extends Group> = PartlyReads<G>

export const isKey = (entry: Key<unknown> | Group): entry is Key<unknown> => 'about' in entry && 'key' in entry

/** A key with a default. */
export function key<T>(kind: ValueKind<T>, initial: unknown, about: string, example?: string): Key<T> {
  return { key: kind, initial, about, ...(example === undefined ? {} : { example }) }
}

/** A key that may stay away; `otherwise` completes "not set: …". */
export function optional<T>(kind: ValueKind<T>, otherwise: string, about: string, example: string): Key<T | undefined> {
  const schema: z.ZodType<T | undefined, z.ZodTypeDef, unknown> = kind.schema.optional()
  return { key: { ...kind, schema }, initial: undefined, otherwise, about, example }
}

/** A key of a list's element that must be there. */
export function required<T>(kind: ValueKind<T>, about: string, example: string): Key<T> {
  return { key: kind, initial: undefined, otherwise: 'required', about, example }
}

/** The checker of a group; with `defaults: false` only what was written comes out. */
export function checkerOf<G extends Group>(
  group: G,
  options: { defaults: true },
): z.ZodType<Values<G>, z.ZodTypeDef, unknown>
export function checkerOf<G extends Group>(
  group: G,
  options: { defaults: false },
): z.ZodType<Written<G>, z.ZodTypeDef, unknown>
export function checkerOf(group: Group, options: { defaults: boolean }): z.ZodTypeAny {
  const shape: Record<string, z.ZodTypeAny> = {}
  for (const [name, entry] of Object.entries(group)) {
    if (isKey(entry)) {
      const { schema } = entry.key
      if (!options.defaults) shape[name] = schema.optional()
      else shape[name] = entry.initial === undefined ? schema : schema.default(entry.initial)
    } else {
      const inner: z.ZodTypeAny = options.defaults
        ? checkerOf(entry, { defaults: true })
        : checkerOf(entry, { defaults: false })
      shape[name] = options.defaults ? inner.default({}) : inner.optional()
    }
  }
  return z.object(shape).strict()
}

/** A list whose elements are groups of their own. */
export interface ElementKind<T> extends ValueKind<T> {
  group: Group
}

export function groups<G extends Group>(expected: string, group: G): ElementKind<Values<G>[]> {
  const element = { schema: checkerOf(group, { defaults: true }), expected, group }
  return { schema: z.array(element.schema), expected: `a list of ${expected}`, item: element, group }
}
