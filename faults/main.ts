import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Report, Row } from './row.ts'
import { ROWS } from './rows.ts'
import { runRow } from './run-row.ts'

const HELP = `npm run faults -- [--row N | --without N]… [--about WORD] [--test | --large | --size N] [--seed S] [--no-controls]

Does to Baton what a month does: kills, power cuts, full disks, wrong agents, wrong clocks. Each row counts what it did and
what it found, and is then run with a safeguard broken on purpose: it must fail, or it proves nothing.

  --row N         only this row; several may be named
  --without N     every row but this one
  --about WORD    of these only rows whose title has this word: Slack
  --test          the size that is run on every change, with one control each: minutes
  --large         the large size of each row, hours to days
  --size N        this size
  --seed S        the seed of an earlier run
  --no-controls   without the broken safeguards`

/** A control that holds each time is none. */
const CONTROL_TRIES = 3

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    without: { type: 'string', multiple: true },
    about: { type: 'string', default: '' },
    test: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    size: { type: 'string' },
    seed: { type: 'string' },
    'no-controls': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(HELP)
} else {
  const seed = values.seed === undefined ? randomInt(1, 1_000_000) : Number(values.seed)
  const named = [...(values.row ?? []), ...(values.without ?? [])]
  const isThere = named.every((name) => ROWS.some(({ number }) => String(number) === name))
  if (!isThere || !Number.isInteger(seed)) throw new Error(`There is no such row or seed.\n\n${HELP}`)
  const chosen = ROWS.map((row) => ({ row, name: String(row.number) }))
    .filter(({ name }) => !values.without?.includes(name) && (!values.row || values.row.includes(name)))
    .map(({ row }) => row)
    .filter(({ title }) => title.toLowerCase().includes(values.about.toLowerCase()))
  if (process.platform !== 'linux') throw new Error('The rows look at processes through /proc, so they need Linux.')
  if (chosen.length === 0) throw new Error(`No such row is about ${values.about}.`)
  console.log(`seed ${seed}, ${new Date().toISOString().slice(0, 16)}Z\n`)
  const outcomes: Outcome[] = []
  for (const row of chosen) outcomes.push(await tryRow(row, seed))
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length
  const controls = values['no-controls'] ? '' : ', and every control failed as it must'
  const held = count('held') === 1 ? '1 row' : `${count('held')} rows`
  const skipped = count('skipped') === 0 ? '' : ` ${count('skipped')} SKIPPED: see above.`
  console.log(count('bad') > 0 ? 'NOT GOOD: see above.' : `${held} held${controls}.${skipped}`)
  process.exitCode = count('bad') > 0 ? 1 : 0
}

type Outcome = 'held' | 'bad' | 'skipped'

async function tryRow(row: Row, seed: number): Promise<Outcome> {
  const missing = row.missing?.()
  if (missing !== undefined) {
    console.log(`– row ${row.number}, ${row.title}: SKIPPED, ${missing}\n`)
    return 'skipped'
  }
  const tell = (text: string) => console.error(`  … row ${row.number}: ${text}`)
  const report = await runRow(row, { size: sizeOf(row), seed, tell })
  let isGood = report.failures.length === 0
  console.log(`${isGood ? '✓' : '✗'} ${headline(report)}`)
  for (const failure of report.failures.slice(0, 20)) console.log(`    ${failure}`)
  const controls = values['no-controls'] ? [] : values.test ? row.controls.slice(0, 1) : row.controls
  for (const { breaks, size } of controls) {
    let failure: string | undefined
    // The dice may miss a broken safeguard, all the more in a small size.
    for (let nth = 0; nth < CONTROL_TRIES && failure === undefined; nth++) {
      const control = await runRow(row, { size, seed: seed + nth, breaks })
      failure = control.failures[0]
      const words =
        failure === undefined ? 'HELD: the row proves nothing' : `failed as it must: ${failure.split('\n')[0]}`
      console.log(`  ${failure === undefined ? '✗' : '✓'} control “${breaks}” (${control.seconds} s) ${words}`)
    }
    isGood &&= failure !== undefined
  }
  console.log()
  return isGood ? 'held' : 'bad'
}

function sizeOf({ sizes }: Row): number {
  if (values.size !== undefined) return Number(values.size)
  return values.large ? sizes.large : values.test ? sizes.test : sizes.small
}

function headline({ row, title, unit, size, seconds, counts, measured, failures }: Report): string {
  const counted = Object.entries(counts).map(([what, n]) => `${n} ${what}`)
  const values = Object.entries(measured).map(([what, { middle, largest }]) => `${what}: ${middle}, at most ${largest}`)
  const details = [...counted, ...values].map((detail) => `\n    ${detail}`).join('')
  return `row ${row}, ${title}: ${size} ${unit} in ${seconds} s, ${failures.length} failures${details}`
}
