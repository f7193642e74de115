import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { configTemplate } from '../config/template.ts'
import { readPlainSync } from '../files/plain.ts'
import { withEnvValues, withIgnored } from './edit-text.ts'

/** Sets values in `.env`, keeps everything else in it, and makes it readable by its owner alone. */
export async function writeEnv(home: string, values: Readonly<Record<string, string>>): Promise<void> {
  const path = join(home, '.env')
  await writeFileAtomic(path, withEnvValues(textOf(path), values), { mode: 0o600 })
}

/** Makes the files that are missing and returns their names; nothing that exists is touched, but `.gitignore` gets lines. */
export async function layOut(home: string): Promise<string[]> {
  const made: string[] = []
  mkdirSync(home, { recursive: true })
  if (!existsSync(join(home, 'config.yaml'))) {
    await writeFileAtomic(join(home, 'config.yaml'), configTemplate())
    made.push('config.yaml')
  }
  for (const name of ['tasks', 'logs']) {
    if (existsSync(join(home, name))) continue
    mkdirSync(join(home, name))
    made.push(`${name}/`)
  }
  if (await ignoreOwnFiles(home)) made.push('.gitignore')
  return made
}

const OWN_FILES = ['.env', '.baton/', 'logs/*']

/** Only where git looks: in a repository, or where somebody keeps such a file. */
async function ignoreOwnFiles(home: string): Promise<boolean> {
  const path = join(home, '.gitignore')
  if (!existsSync(path) && !isInRepository(home)) return false
  const before = textOf(path)
  const after = withIgnored(
    before,
    before.split(/\r?\n/).some((line) => /^\/?logs\/?$/.test(line)) ? ['.env', '.baton/'] : OWN_FILES,
  )
  if (after === before) return false
  await writeFileAtomic(path, after)
  return true
}

const isInRepository = (folder: string): boolean =>
  existsSync(join(folder, '.git')) || (dirname(folder) !== folder && isInRepository(dirname(folder)))

export const textOf = (path: string): string => (existsSync(path) ? readPlainSync(path).toString('utf8') : '')
