import { ERROR_CATALOGUE, type ErrorCode, type ErrorData, EXIT, type Explanation } from './errors/catalogue.ts'

/** Something that a person can do something about. Its words are in the catalogue. */
export class BatonError extends Error {
  override name = 'BatonError'
  readonly code: ErrorCode
  readonly data: unknown

  constructor(explanation: Explanation, code: ErrorCode, data: unknown) {
    super(explanation.title)
    this.code = code
    this.data = data
  }
}

/** The error of a code, with what its words need. */
export function batonError<C extends ErrorCode>(
  code: C,
  ...[data]: ErrorData<C> extends undefined ? [] : [data: ErrorData<C>]
): BatonError {
  return new BatonError(wordsFor(code, data), code, data)
}

/** SQLite's numbers for what the system says of a disk: it is read-only, it fails, it is full. */
const STORAGE: Partial<Record<number, string>> = { 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC' }

/**
 * What happened, what to do, and how the program ends, for anything that was thrown. Errors of other rooms and of the
 * system are known by their `code`; what nobody foresaw is called what it is.
 */
export function explain(error: unknown): Explanation & { code: string } {
  if (error instanceof BatonError) return { code: error.code, ...wordsFor(error.code, error.data) }
  const message = error instanceof Error ? error.message : String(error)
  const { errcode, path, address, port, ...other } = (error ?? {}) as {
    code?: unknown
    errcode?: number
    path?: string
    address?: string
    port?: number
  }
  const host = address ?? 'localhost'
  // Of what the database says the primary code counts; the rest tells which call it was.
  const code = STORAGE[(errcode ?? 0) & 0xff] ?? other.code
  switch (code) {
    case 'newer-database':
    case 'not-a-database':
    case 'no-access':
    case 'state-lost':
      return { code, ...ERROR_CATALOGUE[code]({ message }) }
    case 'ENOENT':
      return { code: 'no-such-file', ...ERROR_CATALOGUE['no-such-file']({ path: path ?? message }) }
    case 'EISDIR':
      return { code: 'file-is-folder', ...ERROR_CATALOGUE['file-is-folder']({ path: path ?? message }) }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      if (port !== undefined)
        return {
          code: 'address-unusable',
          ...ERROR_CATALOGUE['address-unusable']({ host, port, cause: 'not allowed' }),
        }
      return { code: 'not-allowed', ...ERROR_CATALOGUE['not-allowed']({ path: path ?? message }) }
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'disk-full', ...ERROR_CATALOGUE['disk-full']({ path: path ?? 'the state' }) }
    case 'EADDRINUSE':
      return { code: 'port-taken', ...ERROR_CATALOGUE['port-taken']({ host, port: port ?? 0 }) }
    case 'EADDRNOTAVAIL':
      return {
        code: 'address-unusable',
        ...ERROR_CATALOGUE['address-unusable']({ host, port: port ?? 0, cause: 'this machine has no such address' }),
      }
    default:
      return {
        code: 'internal',
        title: `Something went wrong inside Baton: ${message}`,
        hint: 'What was stored is safe. The details are in logs/baton.log.',
        exitCode: EXIT.failed,
      }
  }
}

function wordsFor(code: ErrorCode, data: unknown): Explanation {
  const words = ERROR_CATALOGUE[code] as (data: unknown) => Explanation
  return words(data)
}
