'use strict'
// The parts of the built program, as they are loaded when they are first needed. A module in the old format: there a part may
// be run from memory, and Node loads nothing of its own libraries that is not used.

const { readFileSync } = require('node:fs')
const { isBuiltin } = require('node:module')
const { basename, join } = require('node:path')

/** The file beside the parts that holds them all, compressed: a line of names and sizes, then one part after the other. */
exports.ALL_PARTS = 'parts.br'
/** This file, as every part asks for it first, and as one does that has the code kept. */
exports.ITSELF = '../bin/late.cjs'
exports.LATE = 'baton:late'

/** Compressed source by file name, once it is kept. */
let kept
/** What was run from it. */
const modules = new Map()
let folder

/**
 * Reads all parts into memory, a megabyte. From here on nothing else is loaded from the disk: a part that is needed later
 * is run as it is now, whatever stands in its file then, and so do the libraries, which are in the parts.
 */
exports.keepCode = (dist) => {
  const all = readFileSync(join(dist, exports.ALL_PARTS))
  const end = all.indexOf('\n')
  let at = end + 1
  const found = new Map()
  for (const [name, bytes] of JSON.parse(all.toString('utf8', 0, end))) {
    // A copy: what is loaded already is not kept.
    if (!(join(dist, name) in require.cache)) found.set(name, Buffer.from(all.subarray(at, at + bytes)))
    at += bytes
  }
  folder = dist
  kept = found
}

/** What takes the place of `require` in every part. */
exports.around = (ofPart) => (id) => {
  if (id === exports.ITSELF || id === exports.LATE) return exports
  if (id === 'node:crypto') return crypto
  if (kept === undefined || isBuiltin(id)) return ofPart(id)
  const name = basename(id)
  const file = join(folder, name)
  const known = require.cache[file] ?? modules.get(name)
  if (id.startsWith('./') && known) return known.exports
  if (!id.startsWith('./') || !kept.has(name)) throw notThere(id)
  return run(name, file)
}

const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname']

function run(name, file) {
  const module = { exports: {} }
  modules.set(name, module)
  try {
    const { brotliDecompressSync } = require('node:zlib')
    const source = brotliDecompressSync(kept.get(name)).toString('latin1')
    // Nothing compiled is read back, either: that, too, lies in a file.
    const part = require('node:vm').compileFunction(source, PARAMETERS, { filename: file })
    part.call(module.exports, module.exports, exports.around(require), module, file, folder)
    kept.delete(name)
  } catch (error) {
    modules.delete(name)
    throw error
  }
  return module.exports
}

/** Loading it takes a fifth of the time that Node takes to start, and a look at the status needs none of it. */
const crypto = new Proxy({}, { get: (_, name) => require('node:crypto')[name] })

/** As `require` says it: some libraries ask for others that may be there, and do without. */
const notThere = (id) => Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' })
