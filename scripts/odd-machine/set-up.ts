/**
 * Makes the machine of one Node process an odd one: loaded before each test file, and by NODE_OPTIONS before each Node
 * program that a test starts, however deep. Date is off by the same amount in all of them; timers, file times, git and
 * the browser keep the true time. (libfaketime would shift those as well, and neither Chromium nor file times bear it.)
 * The programs also get the odd time zone and language when their environment was made by hand, as a daemon's is.
 */
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { pathToFileURL } from 'node:url'
import { type OddClock, shiftOf } from './clock.ts'

const HERE = pathToFileURL(import.meta.filename).href
const IS_SET = Symbol.for('baton.odd-machine')

const world = globalThis as { [IS_SET]?: true }
const clock = process.env.BATON_ODD_CLOCK as OddClock | undefined
if (clock !== undefined && !world[IS_SET]) {
  world[IS_SET] = true
  const shiftMs = Number(process.env.BATON_ODD_SHIFT_MS ?? shiftOf(clock, Date.now()))
  shiftDate(shiftMs)
  process.env.BATON_ODD_SHIFT_MS = String(shiftMs)
  process.env.NODE_OPTIONS ??= `--import ${HERE}`
  const { TZ, LANG, NODE_OPTIONS, BATON_ODD_CLOCK, BATON_ODD_SHIFT_MS } = process.env
  passOn({ TZ, LANG, NODE_OPTIONS, BATON_ODD_CLOCK, BATON_ODD_SHIFT_MS })
}

/** A proxy and no class of its own: a Date that Node made, as those of file times, is still an instance. */
function shiftDate(shiftMs: number): void {
  const TrueDate = Date
  const now = () => TrueDate.now() + shiftMs
  const shifted = new Proxy(TrueDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new TrueDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
  TrueDate.prototype.constructor = shifted
  globalThis.Date = shifted
}

/** Gives the variables to every process started from here on whose environment does not have them. */
function passOn(variables: NodeJS.ProcessEnv): void {
  const added = Object.entries(variables).filter(([, value]) => value !== undefined)
  const prototype = childProcess.ChildProcess.prototype as unknown as {
    spawn: (options: { envPairs?: string[] }) => unknown
  }
  const { spawn } = prototype
  prototype.spawn = function (options) {
    const envPairs = options.envPairs ?? []
    const known = new Set(envPairs.map((pair) => pair.split('=', 1)[0]))
    const more = added.flatMap(([name, value]) => (known.has(name) ? [] : [`${name}=${value}`]))
    return spawn.call(this, { ...options, envPairs: [...envPairs, ...more] })
  }
  const patched = childProcess as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    const original = patched[name]
    if (original === undefined) continue
    patched[name] = (...args) => {
      const more = args.map((arg) =>
        typeof arg === 'object' && arg !== null && 'env' in arg && arg.env
          ? { ...arg, env: { ...Object.fromEntries(added), ...arg.env } }
          : arg,
      )
      return original(...more)
    }
  }
  syncBuiltinESMExports()
}
