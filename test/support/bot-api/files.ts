import { randomUUID } from 'node:crypto'
import { ApiError, badRequest } from './errors.ts'
import { type Params, text } from './params.ts'

/** Largest upload, and largest file that getFile hands out. */
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024

export interface StoredFile {
  id: string
  uniqueId: string
  name: string
  path: string
  bytes: Buffer
}

export interface FileStore {
  keep: (name: string, bytes: Buffer, folder: string) => StoredFile
  /** The file that a parameter names: an upload (plain or attach://) or a known file id. */
  fromParam: (params: Params, field: string, folder: string) => StoredFile
  byId: (id: string) => StoredFile | undefined
  /** Takes the path of a download apart from the token. */
  byPath: (path: string) => StoredFile | undefined
  describe: (id: string) => { file_id: string; file_unique_id: string; file_size: number; file_path: string }
}

export function createFileStore(): FileStore {
  const files = new Map<string, StoredFile>()
  const keep: FileStore['keep'] = (name, bytes, folder) => {
    const id = `file-${randomUUID()}`
    const file = {
      id,
      uniqueId: id.slice(-12),
      name,
      path: `${folder}/file_${files.size}${/\.\w+$/.exec(name)?.[0] ?? ''}`,
      bytes,
    }
    files.set(id, file)
    return file
  }
  return {
    keep,
    fromParam: (params, field, folder) => {
      const value = text(params, field)
      const attached = value?.startsWith('attach://') ? value.slice('attach://'.length) : field
      const upload = params.uploads.find((part) => part.name === attached)
      if (upload) {
        if (upload.bytes.length > MAX_UPLOAD_BYTES) throw new ApiError(413, 'Request Entity Too Large')
        if (upload.bytes.length === 0) throw badRequest('File must be non-empty')
        return keep(upload.filename ?? field, upload.bytes, folder)
      }
      if (value === undefined) throw badRequest(`There is no ${field} in the request`)
      const known = files.get(value)
      if (!known) throw badRequest('Wrong file identifier/HTTP URL specified')
      return known
    },
    byId: (id) => files.get(id),
    byPath: (path) => [...files.values()].find((file) => file.path === path),
    describe: (id) => {
      const file = files.get(id)
      if (!file) throw badRequest('Invalid file_id')
      if (file.bytes.length > MAX_DOWNLOAD_BYTES) throw badRequest('File is too big')
      return { file_id: file.id, file_unique_id: file.uniqueId, file_size: file.bytes.length, file_path: file.path }
    },
  }
}
