import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Repository } from './repository.ts'

/**
 * Stores an object as git's own `hash-object -w` does, in the loose form that every git reads, and gives its id: a small
 * file costs less than a process for it. On disk when it returns; an object that already exists stays untouched.
 */
export async function writeObject(
  { commonDir, objectFormat }: Repository,
  type: 'commit',
  content: Buffer,
): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const id = createHash(objectFormat === 'sha256' ? 'sha256' : 'sha1')
    .update(whole)
    .digest('hex')
  const file = join(commonDir, 'objects', id.slice(0, 2), id.slice(2))
  const temporary = join(commonDir, 'objects', `tmp_obj_${randomUUID()}`)
  await mkdir(dirname(file), { recursive: true })
  try {
    const handle = await open(temporary, 'wx', 0o444)
    try {
      await handle.writeFile(await promisify(deflate)(whole))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(temporary, { force: true })
  }
  return id
}
