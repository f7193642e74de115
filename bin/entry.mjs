// Not by `import`: that loads all that such a module hands out when it is asked for, streams and workers among it.
const { existsSync, readdirSync, readFileSync, statSync } = process.getBuiltinModule('node:fs')
const { createRequire } = process.getBuiltinModule('node:module')
const { join } = process.getBuiltinModule('node:path')
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url')

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src')
const built = join(root, 'dist')

/** The file in dist that says which source the build was made of. */
export const BUILT_FROM = 'built-from.txt'
/** Programs that are made of a few of the files: in these stands of which. */
export const BUILT_FROM_FEW = { look: 'built-from-look.txt' }

/**
 * A line for every folder (its path and time) and every file (its size, too) of the source. Loading the source takes twice the
 * time and 40 MB more memory than loading what was built from it.
 */
export function listSource(below = '') {
  return readdirSync(`${source}/${below}`, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => (entry.isDirectory() ? listSource(`${below}${entry.name}/`) : lineOf(below + entry.name)))
    .join('')
    .concat(lineOf(below))
}

function lineOf(path) {
  const { size, mtimeMs } = statSync(`${source}/${path}`)
  return isFolder(path) ? `${path} ${mtimeMs}\n` : `${path} ${size} ${mtimeMs}\n`
}

const isFolder = (path) => path === '' || path.endsWith('/')

/**
 * The file to load for `name` (`main`, `look`, `rehearsal/main`). A package carries what was built alone. A clone runs what
 * `npm install` built, as long as not a file of the source has changed since, and the source as it stands otherwise.
 */
export function entry(name) {
  const build = join(built, `${name.replace('/', '-')}.js`)
  if (!existsSync(source)) return build
  return isFresh(BUILT_FROM_FEW[name] ?? BUILT_FROM) && existsSync(build) ? build : join(source, `${name}.ts`)
}

/** Loads it. */
export async function load(name) {
  const file = entry(name)
  return file.endsWith('.ts') ? import(pathToFileURL(file).href) : createRequire(import.meta.url)(file)
}

/**
 * Looks at the files that are known; folders are only gone through when one has changed. At every start, so it is done with few
 * functions of Node that are called a thousand times: each that is compiled for it would cost more memory than all lines.
 */
function isFresh(list) {
  try {
    const known = readFileSync(`${built}/${list}`, 'utf8')
    let haveFoldersChanged = false
    for (let at = 0, end = 0; at < known.length; at = end) {
      end = known.indexOf('\n', at) + 1
      const path = known.slice(at, known.indexOf(' ', at))
      if (known.slice(at, end) === lineOf(path)) continue
      if (!isFolder(path)) return false
      haveFoldersChanged = true
    }
    return !haveFoldersChanged || onlyFiles(known) === onlyFiles(listSource())
  } catch {
    return false
  }
}

const onlyFiles = (list) => list.replace(/^(?:[^ \n]*\/)? .*\n/gm, '')
