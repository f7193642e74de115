const { chmodSync, lstatSync, mkdirSync } = process.getBuiltinModule('node:fs')
const modules = process.getBuiltinModule('node:module')
const { fileURLToPath } = process.getBuiltinModule('node:url')

const place = fileURLToPath(new URL('../node_modules/.cache/baton-compiled', import.meta.url))

/**
 * Compiled once, then read back: most of the start-up time of a command is spent on that otherwise. What is read back runs
 * unchecked, so it lies with the program, where only its owner writes: Node's own place for it is the folder for temporary files, which
 * every user and every sandboxed command may fill. Where that cannot be, there is none.
 */
export function keepCompiled(folder = place) {
  if (isOurs(folder)) modules.enableCompileCache?.(folder)
}

function isOurs(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const found = lstatSync(folder)
    const us = process.getuid?.()
    if (!found.isDirectory() || (us !== undefined && found.uid !== us)) return false
    if (us !== undefined && (found.mode & 0o077) !== 0) chmodSync(folder, 0o700)
    return true
  } catch {
    return false
  }
}
