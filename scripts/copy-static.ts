import { cpSync } from 'node:fs'
import { join } from 'node:path'

/** The dashboard is served as it is written; a built package needs it beside the server. */
const root = join(import.meta.dirname, '..')
cpSync(join(root, 'src/http/dashboard'), join(root, 'dist/http/dashboard'), { recursive: true })
