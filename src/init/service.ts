import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { Prompter } from './dialogue.ts'
import { textOf } from './files.ts'
import { LAUNCHD_LABEL, launchdPlist } from './launchd-plist.ts'
import { type ServicePlace, systemdUnit } from './systemd-unit.ts'

export type ServiceKind = 'systemd' | 'launchd'

/** Runs a program without a shell; undefined: there is none of that name. */
export type RunProgram = (program: string, args: string[]) => Promise<{ exitCode: number; stdout?: string } | undefined>

export interface ServiceFile {
  path: string
  text: string
  /** What the user types to start it. */
  commands: string[]
  /** Something worth knowing. */
  note?: string
}

/** What keeps a daemon running on this machine, if anything that is known here. */
export const serviceKindOf = (platform: NodeJS.Platform): ServiceKind | undefined =>
  platform === 'linux' ? 'systemd' : platform === 'darwin' ? 'launchd' : undefined

/**
 * The file that makes the daemon a service of this user.
 *
 * @param folders where tasks work; those outside the user's own folder stay writable
 */
export async function serviceFile(
  kind: ServiceKind,
  place: ServicePlace,
  { userHome, folders, run }: { userHome: string; folders: string[]; run: RunProgram },
): Promise<ServiceFile> {
  const withoutNpm = { ...place, path: lastingPath(place.path) }
  if (kind === 'launchd') {
    const path = join(userHome, 'Library/LaunchAgents', `${LAUNCHD_LABEL}.plist`)
    return { path, text: launchdPlist(withoutNpm), commands: [`launchctl bootstrap gui/$(id -u) ${path}`] }
  }
  // Some systems keep user namespaces from their users; there the unit would not start with its shields up.
  const probe = await run('systemd-run', [
    '--user',
    '--wait',
    '--quiet',
    '-p',
    'PrivateUsers=yes',
    '-p',
    'ProtectSystem=strict',
    'true',
  ])
  const sandbox = probe?.exitCode === 0
  const writable = folders.filter((folder) => folder !== userHome && !folder.startsWith(`${userHome}/`))
  return {
    path: join(userHome, '.config/systemd/user/baton.service'),
    text: systemdUnit(withoutNpm, { sandbox, writable }),
    commands: [
      'systemctl --user daemon-reload',
      'systemctl --user enable --now baton',
      'loginctl enable-linger   # to keep running while you are logged out',
    ],
    ...(sandbox
      ? {}
      : { note: 'This system does not let users sandbox their services; the unit is written without that part.' }),
  }
}

/** npm puts folders of its own before the path, for the time of one command. */
const lastingPath = (path: string): string =>
  path
    .split(':')
    .filter((folder) => folder && !folder.includes('node_modules'))
    .join(':')

/** Writes it, unless something else is there that should stay. Says what it did. */
export async function installService(file: ServiceFile, talk: Pick<Prompter, 'say' | 'confirm'>): Promise<void> {
  const before = textOf(file.path)
  if (
    before !== '' &&
    before !== file.text &&
    !(await talk.confirm(`${file.path} exists and differs. Replace it?`, false))
  ) {
    talk.say(`Left ${file.path} unchanged.`)
    return
  }
  mkdirSync(dirname(file.path), { recursive: true })
  await writeFileAtomic(file.path, file.text, { mode: 0o644 })
  talk.say(`Wrote ${file.path}. To start it now and at every login:`)
  for (const command of file.commands) talk.say(`  ${command}`)
  if (file.note) talk.say(file.note)
}
