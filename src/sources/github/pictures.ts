import { lstat, mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Nodes, Root } from 'mdast'

/** Pictures of an issue lie here, seen from where its task is worked on. */
export const PICTURES = '.baton/pictures'

/** Nobody looks at more. */
const MOST_PICTURES = 10
export const MOST_PICTURE_BYTES = 5 * 1024 * 1024
/** Where GitHub keeps what people drop into a text, beside its own server. */
export const PICTURE_HOSTS = [
  'user-images.githubusercontent.com',
  'private-user-images.githubusercontent.com',
  'github-production-user-asset-6210df.s3.amazonaws.com',
]

/** Addresses of the pictures in a text, as the page shows them. */
export function picturesIn(markdown: string): string[] {
  if (!/!\[|<img/i.test(markdown)) return []
  const found: string[] = []
  const visit = (node: Nodes): void => {
    if (node.type === 'image') found.push(node.url)
    else if (node.type === 'html') {
      const shown = node.value.replace(/<!--[\s\S]*?(?:-->|$)/g, '')
      for (const [, url = ''] of shown.matchAll(/<img\b[^>]*?\bsrc=["']?([^"'\s>]+)/gi)) found.push(url)
    } else if ('children' in node) node.children.forEach(visit)
  }
  visit(parse(markdown))
  return [...new Set(found)].slice(0, MOST_PICTURES)
}

/**
 * Puts pictures into the folder that a task is worked on in, where git does not see them. What cannot be had is left out; what an
 * earlier task left there goes, and so does a link that it put in the way.
 */
export async function putPictures(
  folder: string,
  addresses: readonly string[],
  fetchOne: (address: string) => Promise<Buffer | undefined>,
): Promise<number> {
  const into = join(folder, PICTURES)
  for (const place of [join(folder, '.baton'), into]) {
    const there = await lstat(place).catch(() => undefined)
    if (there && !there.isDirectory()) await rm(place)
  }
  await rm(into, { recursive: true, force: true })
  if (addresses.length === 0) return 0
  await mkdir(into, { recursive: true })
  await writeFile(join(into, '.gitignore'), '*\n')
  let count = 0
  for (const [index, address] of addresses.entries()) {
    const bytes = await fetchOne(address).catch(() => undefined)
    const type = bytes && typeOf(bytes)
    if (!bytes || !type) continue
    await writeFile(join(into, `${index + 1}.${type}`), bytes, { flag: 'wx', mode: 0o600 })
    count++
  }
  return count
}

/** By how it begins: what a server calls it says nothing. Drawings that hold programs (SVG) are none. */
function typeOf(bytes: Buffer): 'png' | 'jpg' | 'gif' | 'webp' | undefined {
  const begins = (hex: string, at = 0) => bytes.subarray(at, at + hex.length / 2).toString('hex') === hex
  if (begins('89504e470d0a1a0a')) return 'png'
  if (begins('ffd8ff')) return 'jpg'
  if (begins('474946383761') || begins('474946383961')) return 'gif'
  return begins('52494646') && begins('57454250', 8) ? 'webp' : undefined
}

const require = createRequire(import.meta.url)

function parse(text: string): Root {
  const { unified } = require('unified') as typeof import('unified')
  const { default: remarkParse } = require('remark-parse') as typeof import('remark-parse')
  return unified().use(remarkParse).parse(text)
}
