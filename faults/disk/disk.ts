import { dirname } from 'node:path'
import type { Random } from '../random.ts'
import type { DiskCall } from './record.ts'

/** How much of what was not flushed has reached the disk when the power goes. */
export type Loss = 'nothing of it' | 'all of it' | 'the first part' | 'any parts' | 'torn parts'

export const LOSSES: readonly Loss[] = ['nothing of it', 'all of it', 'the first part', 'any parts', 'torn parts']

/** Files as a disk may hold them: what was flushed is there, everything else may be. */
export interface Disk {
  apply: (call: DiskCall) => void
  /** The files that may be there if the power goes now. */
  cut: (loss: Loss, random: Random) => Map<string, Buffer>
}

type Pending = { at: number; bytes: Buffer } | { size: number }

interface Inode {
  flushed: Buffer
  pending: Pending[]
  /** As the program sees it. */
  size: number
}

const SECTOR_BYTES = 512

/**
 * A disk that promises only what POSIX does: data of a file after its fsync, names in a folder after the fsync of the
 * folder. Only files below `root` are looked at; those in `there` exist and are flushed from the beginning.
 */
export function createDisk(root: string, there: ReadonlyMap<string, Buffer>): Disk {
  const names = new Map<string, Inode>()
  const flushedNames = new Map<string, Inode>()
  const changedNames: { path: string; inode: Inode | undefined }[] = []
  const open = new Map<number, { inode?: Inode; folder?: string; position: number; append: boolean }>()
  for (const [path, bytes] of there) {
    const inode = { flushed: bytes, pending: [], size: bytes.length }
    names.set(path, inode)
    flushedNames.set(path, inode)
  }

  const rename = (path: string, inode: Inode | undefined) => {
    if (inode) names.set(path, inode)
    else names.delete(path)
    changedNames.push({ path, inode })
  }
  const openFile = ({ path, fd, create, truncate, append }: Extract<DiskCall, { do: 'open' }>) => {
    open.delete(fd)
    if (path !== root && !path.startsWith(`${root}/`)) return
    let inode = names.get(path)
    if (!inode && !create) {
      open.set(fd, { folder: path, position: 0, append: false })
      return
    }
    if (!inode) {
      inode = { flushed: Buffer.alloc(0), pending: [], size: 0 }
      rename(path, inode)
    }
    if (truncate && inode.size > 0) resize(inode, 0)
    open.set(fd, { inode, position: 0, append })
  }
  const resize = (inode: Inode, size: number) => {
    inode.pending.push({ size })
    inode.size = size
  }
  const write = ({ fd, bytes, at }: Extract<DiskCall, { do: 'write' }>) => {
    const file = open.get(fd)
    if (!file?.inode) return
    const place = at ?? (file.append ? file.inode.size : file.position)
    file.inode.pending.push({ at: place, bytes })
    file.inode.size = Math.max(file.inode.size, place + bytes.length)
    if (at === undefined) file.position = place + bytes.length
  }
  const sync = (fd: number) => {
    const file = open.get(fd)
    if (file?.inode) {
      file.inode.flushed = written(file.inode.flushed, file.inode.pending)
      file.inode.pending = []
    } else if (file?.folder !== undefined) {
      for (const { path, inode } of changedNames.splice(0)) {
        if (dirname(path) !== file.folder) changedNames.push({ path, inode })
        else if (inode) flushedNames.set(path, inode)
        else flushedNames.delete(path)
      }
    }
  }

  return {
    apply(call) {
      if (call.do === 'open') openFile(call)
      else if (call.do === 'close') open.delete(call.fd)
      else if (call.do === 'write') write(call)
      else if (call.do === 'truncate') {
        const inode = open.get(call.fd)?.inode
        if (inode) resize(inode, call.size)
      } else if (call.do === 'sync') sync(call.fd)
      else if (call.do === 'rename') {
        const inode = names.get(call.from)
        if (!inode) return
        rename(call.to, inode)
        rename(call.from, undefined)
      } else if (names.has(call.path)) rename(call.path, undefined)
    },
    cut(loss, random) {
      const found = new Map(flushedNames)
      // Names reach the disk in their order.
      const reached =
        loss === 'nothing of it' ? 0 : loss === 'all of it' ? changedNames.length : random.int(0, changedNames.length)
      for (const { path, inode } of changedNames.slice(0, reached)) {
        if (inode) found.set(path, inode)
        else found.delete(path)
      }
      return new Map(
        [...found].map(([path, inode]) => [path, written(inode.flushed, surviving(inode.pending, loss, random))]),
      )
    },
  }
}

function surviving(pending: readonly Pending[], loss: Loss, random: Random): Pending[] {
  if (loss === 'nothing of it') return []
  if (loss === 'all of it') return [...pending]
  if (loss === 'the first part') return pending.slice(0, random.int(0, pending.length))
  const some = pending.filter(() => random.chance(0.5))
  if (loss === 'any parts') return some
  return some.map((one) =>
    'size' in one || !random.chance(0.3)
      ? one
      : {
          at: one.at,
          bytes: one.bytes.subarray(0, random.int(0, Math.floor(one.bytes.length / SECTOR_BYTES)) * SECTOR_BYTES),
        },
  )
}

/** The content after some writes. */
function written(before: Buffer, pending: readonly Pending[]): Buffer {
  let size = before.length
  for (const one of pending) size = 'size' in one ? one.size : Math.max(size, one.at + one.bytes.length)
  const most = pending.reduce(
    (n, one) => Math.max(n, 'size' in one ? one.size : one.at + one.bytes.length),
    before.length,
  )
  const content = Buffer.alloc(most)
  before.copy(content)
  let end = before.length
  for (const one of pending) {
    if ('size' in one) {
      if (one.size < end) content.fill(0, one.size, end)
      end = one.size
    } else {
      one.bytes.copy(content, one.at)
      end = Math.max(end, one.at + one.bytes.length)
    }
  }
  return content.subarray(0, size)
}
