import { readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { writeMark } from '../../src/taskfile/write/mark.ts'

/**
 * Changes the state in the folder of its first argument as often as its second says, as a runner does, and says of each
 * change when it counts as stored. The lines on stdout are what somebody was promised.
 */
const [, , dir = '.', rounds = '10'] = process.argv
const file = join(dir, 'tasks.md')
const specs = parseTaskFile(readFileSync(file, 'utf8'), 'tasks.md').specs
const promise = (what: string): void => void writeSync(1, `${what}\n`)

let store = openStore<{ text: string }>(dir)
for (let i = 0; i < Number(rounds); i++) {
  const text = 'x'.repeat((i * 997) % 9_000)
  store.inbox.put({ key: `act-${i}`, queue: 'main', content: { text }, receivedAt: i })
  promise(`put ${i}`)
  const item = store.inbox.pending()[0]
  if (item) {
    const event = { at: i, type: 'note' as const, queue: 'main', text: `did ${i}` }
    store.commit({ changes: [], events: [event] }, () => store.inbox.handled(item.id, { ok: true, text: 'Done.' }, i))
  }
  promise(`did ${i}`)
  const spec = i % 5 === 4 ? specs[(i - 4) / 5] : undefined
  if (spec) {
    const written = await writeMark(file, spec, new Date(0))
    if ('problem' in written) throw new Error(written.problem)
    promise(`marked ${spec.headingNumber}`)
  }
  if (i % 60 === 59) {
    // The last to close brings the log into the database.
    store.close()
    store = openStore(dir)
  }
}
