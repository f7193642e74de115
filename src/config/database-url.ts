import type { ConfigProblem } from './problem.ts'

/** Where a DATABASE_URL stands. */
export interface WrittenDatabaseUrl {
  inFile: string | undefined
  /** Of `.env`. */
  line: number | undefined
  inEnvironment: string | undefined
}

/** Which database machines share, and what people should know about those that are none of theirs. */
export interface DatabaseUrl {
  url?: string
  problem?: ConfigProblem
  /** Worth a line where somebody sets Baton up or starts it, and nowhere else. */
  notice?: ConfigProblem
}

/**
 * The one of the environment comes first, as every name does, where it can be meant: many a shell has one for the user's own
 * program, which may be anything. It counts only on a machine that was given a name. What is written into `.env` is for Baton alone.
 */
export function databaseUrlOf(
  { inFile, line, inEnvironment }: WrittenDatabaseUrl,
  { isNamed }: { isNamed: boolean },
): DatabaseUrl {
  const given = inEnvironment?.trim() || undefined
  if (given !== undefined && isNamed && isPostgresUrl(given)) return { url: given }
  const own = inFile?.trim() || undefined
  const isOwnRight = own !== undefined && isPostgresUrl(own)
  const notice = given !== undefined && given !== own && notUsed(given, isOwnRight)
  return {
    ...(isOwnRight && { url: own }),
    ...(own !== undefined && !isOwnRight && { problem: wrong(own, line) }),
    ...(notice && { notice }),
  }
}

/** `postgres://user@/name?host=/folder`, for a socket, is no URL by the letter. */
const isPostgresUrl = (written: string) => /^postgres(ql)?:\/\/\S+$/.test(written)

/** What came, without what may be secret in it: a name of a scheme is not, anything else may be. */
function shownScheme(written: string): string {
  const [scheme] = /^[a-z][a-z0-9+.-]{0,20}:(\/\/)?(?=\S)/i.exec(written) ?? []
  return scheme === undefined ? 'no address at all' : `one that starts with ${scheme}`
}

const EXPECTED = 'expected an address that starts with postgres:// or postgresql://'

function wrong(written: string, line: number | undefined): ConfigProblem {
  return {
    severity: 'error',
    file: '.env',
    ...(line !== undefined && { line }),
    message: `DATABASE_URL: ${EXPECTED}, and this is ${isPostgresUrl(written.replace(/\s/g, '')) ? 'one with blanks in it' : shownScheme(written)}`,
    hint: 'It is for machines that share runs (docs/machines.md). Take it out, or leave it empty, where this one works alone.',
  }
}

function notUsed(written: string, hasOwn: boolean): ConfigProblem {
  const why = isPostgresUrl(written)
    ? '`machine.name` is not set in config.yaml, so it is taken for that of another program'
    : `${EXPECTED}, and this is ${shownScheme(written)}`
  const instead = hasOwn
    ? 'The one in .env is used.'
    : 'This machine works alone; if it is to share runs, put the address that its machines share into .env (docs/machines.md).'
  return { severity: 'warning', file: 'environment', message: `DATABASE_URL is not used: ${why}. ${instead}` }
}
