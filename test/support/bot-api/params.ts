import { badRequest } from './errors.ts'
import type { Entity } from './html.ts'
import { type Part, parseMultipart } from './multipart.ts'

/** The parameters of a call, however they came: query string, form, multipart or JSON. */
export interface Params {
  /** As sent; numbers and objects only where the body was JSON. */
  values: Record<string, unknown>
  uploads: Part[]
}

/** Reads the parameters of a request; throws as the server refuses. */
export function readParams(search: URLSearchParams, contentType: string, body: Buffer): Params {
  const values: Record<string, unknown> = Object.fromEntries(search)
  const uploads: Part[] = []
  if (body.length > 0) {
    if (contentType.startsWith('application/json')) Object.assign(values, readJson(body.toString('utf8')))
    else if (contentType.startsWith('application/x-www-form-urlencoded')) {
      Object.assign(values, Object.fromEntries(new URLSearchParams(body.toString('utf8'))))
    } else if (contentType.startsWith('multipart/form-data')) {
      for (const part of parseMultipart(body, contentType)) {
        if (part.filename === undefined) values[part.name] = part.bytes.toString('utf8')
        else uploads.push(part)
      }
    }
  }
  return { values, uploads }
}

function readJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // falls through to the refusal
  }
  throw badRequest("Can't parse JSON object")
}

/** A parameter as text; undefined when absent. */
export function text({ values }: Params, name: string): string | undefined {
  const value = values[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A parameter as a whole number; undefined when absent or none. */
export function integer(params: Params, name: string): number | undefined {
  const value = text(params, name)
  return value !== undefined && /^-?\d+$/.test(value.trim()) ? Number(value) : undefined
}

export function flag(params: Params, name: string): boolean {
  return ['true', 'yes', '1'].includes((text(params, name) ?? '').toLowerCase())
}

/** A parameter that is an object or array, sent as JSON or inside JSON; undefined when absent. */
export function json(params: Params, name: string): unknown {
  const value = params.values[name]
  if (typeof value !== 'string') return value ?? undefined
  if (value.trim() === '') return undefined
  try {
    return JSON.parse(value)
  } catch {
    throw badRequest(`Can't parse ${name.replaceAll('_', ' ')} JSON object`)
  }
}

export function entities(params: Params, name: string): Entity[] | undefined {
  const value = json(params, name)
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw badRequest(`Expected an Array of MessageEntity in ${name}`)
  return value as Entity[]
}
