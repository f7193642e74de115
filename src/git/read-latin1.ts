import { readPlain } from '../files/plain.ts'

/** A list of all refs of a very large repository is the largest of git's text files. */
const LARGEST_BYTES = 256 * 1024 * 1024

/** Bytes of one of git's own text files as characters, one each. Never blocks on anything but a file. */
export const readLatin1 = async (path: string | Buffer): Promise<string> =>
  (await readPlain(path, LARGEST_BYTES)).toString('latin1')
