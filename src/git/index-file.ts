import { copyFile, rm, stat, utimes } from 'node:fs/promises'

/** Recognises one version of an index file: git never writes one in place. Undefined when there is none. */
export async function fileIdentity(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found && `${found.ino}-${found.size}-${found.mtimeNs}`
}

/**
 * Copies an index with its time, or a hair earlier. Git takes an entry whose file is as young as the index for possibly
 * stale and looks at the content; a copy with a younger time would hide such changes. False when there is nothing to copy.
 */
export async function copyIndex(from: string, to: string): Promise<boolean> {
  const found = await stat(from).catch(() => undefined)
  if (!found?.isFile()) return false
  await copyFile(from, to)
  const seconds = (found.mtimeMs - 0.001) / 1000
  await utimes(to, seconds, seconds)
  return true
}

/** Hands out a name for a temporary index and removes the file (and git's lock of it) afterwards, however it ended. */
export async function withIndex<T>(file: string, use: (file: string) => Promise<T>): Promise<T> {
  try {
    return await use(file)
  } finally {
    await rm(file, { force: true })
    await rm(`${file}.lock`, { force: true })
  }
}
