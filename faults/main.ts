import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Report, Row } from './row.ts'
import { ROWS } from './rows.ts'
import { runRow } from './run-row.ts'

const HELP = `npm run faults -- [--row N]… [--large | --size N] [--seed S] [--no-controls]

Does to Baton what a month does: kills, power cuts, full disks, wrong agents, wrong clocks. Each row counts what it did and
what it found, and is then run with a safeguard broken on purpose: it must fail, or it proves nothing.

  --row N         only this row; several may be named
  --large         the large size of each row, hours to days
  --size N        this size
  --seed S        the seed of an earlier run
  --no-controls   without the broken safeguards`

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
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
  const chosen = ROWS.filter(({ number }) => !values.row || values.row.includes(String(number)))
  if (chosen.length === 0 || !Number.isInteger(seed)) throw new Error(`There is no such row or seed.\n\n${HELP}`)
  console.log(`seed ${seed}, ${new Date().toISOString().slice(0, 16)}Z\n`)
  let isGood = true
  for (const row of chosen) isGood = (await tryRow(row, seed)) && isGood
  const controls = values['no-controls'] ? '' : ', and every control failed as it must'
  console.log(isGood ? `Every row held${controls}.` : 'NOT GOOD: see above.')
  process.exitCode = isGood ? 0 : 1
}

async function tryRow(row: Row, seed: number): Promise<boolean> {
  const size = values.size === undefined ? (values.large ? row.sizes.large : row.sizes.small) : Number(values.size)
  const report = await runRow(row, { size, seed })
  console.log(`${report.failures.length === 0 ? '✓' : '✗'} ${headline(report)}`)
  for (const failure of report.failures.slice(0, 20)) console.log(`    ${failure}`)
  let isGood = report.failures.length === 0
  for (const { breaks, size } of values['no-controls'] ? [] : row.controls) {
    const control = await runRow(row, { size, seed, breaks })
    const [failure] = control.failures
    const words = failure === undefined ? 'IT HELD: the row proves nothing' : `failed as it must: ${failure}`
    console.log(`  ${failure === undefined ? '✗' : '✓'} control “${breaks}” ${words}`)
    isGood &&= failure !== undefined
  }
  console.log()
  return isGood
}

function headline({ row, title, unit, size, seconds, counts, measured, failures }: Report): string {
  const counted = Object.entries(counts).map(([what, n]) => `${n} ${what}`)
  const values = Object.entries(measured).map(([what, { middle, largest }]) => `${what}: ${middle}, at most ${largest}`)
  const details = [...counted, ...values].map((detail) => `\n    ${detail}`).join('')
  return `row ${row}, ${title}: ${size} ${unit} in ${seconds} s, ${failures.length} failures${details}`
}
