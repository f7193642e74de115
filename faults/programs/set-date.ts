import { readFileSync } from 'node:fs'

/** Loaded before a program: its wall clock is off by the seconds that a file says, read again every tenth of a second. */
const file = process.env.BATON_FAULTS_CLOCK
const TrueDate = Date
let offsetMs = 0
if (file !== undefined) {
  setInterval(() => {
    offsetMs = Number(readFileSync(file, 'utf8')) * 1_000
  }, 100).unref()
}

class SetDate extends TrueDate {
  constructor(...args: [] | [string | number | Date]) {
    if (args.length === 0) super(SetDate.now())
    else super(...args)
  }
  static override now(): number {
    return TrueDate.now() + offsetMs
  }
}
globalThis.Date = SetDate as DateConstructor
