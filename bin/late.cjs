'use strict'
// The parts of the built program, as they are loaded when they are first needed. A module in the old format: there a part may
// be run from memory, and Node loads nothing of its own libraries that is not used.

const { closeSync, openSync, readSync } = require('node:fs')
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
  const file = openSync(join(dist, exports.ALL_PARTS))
  try {
    const found = new Map()
    const names = firstLine(file)
    let at = names.length + 1
    for (const [name, bytes] of JSON.parse(names)) {
      // One after the other: what is loaded already is not needed, and all in one would lie around until it is collected.
      if (!(join(dist, name) in require.cache)) found.set(name, readAt(file, at, bytes))
      at += bytes
    }
    folder = dist
    kept = found
  } finally {
    closeSync(file)
  }
}

/** The names, all of plain letters. */
function firstLine(file) {
  for (let size = 16_384; ; size *= 2) {
    const text = readAt(file, 0, size, true).toString('latin1')
    const end = text.indexOf('\n')
    if (end !== -1) return text.slice(0, end)
    if (text.length < size) throw cutOff()
  }
}

function readAt(file, at, bytes, mayEnd = false) {
  const room = Buffer.allocUnsafeSlow(bytes)
  let read = 0
  for (let more = 1; more > 0 && read < bytes; read += more) more = readSync(file, room, read, bytes - read, at + read)
  if (read < bytes && !mayEnd) throw cutOff()
  return room.subarray(0, read)
}

const cutOff = () => new Error(`${exports.ALL_PARTS} is cut off`)

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
