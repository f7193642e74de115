import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { keepNewest } from '../../keep-newest.ts'
import { type ByteString, splitNul } from '../bytes.ts'
import { isCalled } from '../diff/tree-diff.ts'
import type { PrivateGit } from '../private-git.ts'

const isAttributesFile = isCalled('.gitattributes')

/** Trees by their names, and whether a file of attributes is in them. */
const known = new Map<string, boolean>()
const MOST_KNOWN = 1_000

/** Notes that a tree was made from others, and changes of these paths: where there are no attributes in them, there are none in it. */
export function noteWithoutAttributes(
  tree: string,
  madeFrom: readonly string[],
  changed: Iterable<ByteString> = [],
): void {
  if (madeFrom.every((one) => known.get(one) === false) && ![...changed].some(isAttributesFile)) note(tree, false)
}

function note(tree: string, hasAttributes: boolean): void {
  keepNewest(known, tree, hasAttributes, MOST_KNOWN)
}

/** Files of attributes that hold for every repository of this user. */
function attributesOfUser({ config, repository }: PrivateGit): string[] {
  const home = process.env.HOME ?? homedir()
  return [
    join(repository.commonDir, 'info', 'attributes'),
    join(process.env.XDG_CONFIG_HOME || join(home, '.config'), 'git', 'attributes'),
    ...['/etc/gitattributes', '/usr/etc/gitattributes', '/usr/local/etc/gitattributes'],
    ...(config.has('core.attributesfile') ? [repository.commonDir] : []),
  ]
}

/**
 * Whether what git commits of these changes of a tree is what lies on disk, because nothing is configured that would convert it:
 * then git need not be asked what it would make of them. Where git keeps attributes of the whole system elsewhere than
 * on Linux, that is not known.
 */
export async function isVerbatim(own: PrivateGit, tree: string, changed: Iterable<ByteString>): Promise<boolean> {
  if (process.platform !== 'linux' || own.autocrlf || own.config.get('core.symlinks') === 'false') return false
  if ([...changed].some(isAttributesFile) || attributesOfUser(own).some((file) => existsSync(file))) return false
  if (!known.has(tree)) {
    const { stdout } = await own.run(['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree])
    note(tree, splitNul(stdout).some(isAttributesFile))
  }
  return known.get(tree) === false
}
