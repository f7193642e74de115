import { readPlainSync } from '../files/plain.ts'

const MOST_WORDS_BYTES = 64 * 1024

/** The user's own words for a prompt, from a file that need not be there. Throws where it cannot be read. */
export function userWords(file: string): string {
  try {
    return readPlainSync(file, MOST_WORDS_BYTES).toString('utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
