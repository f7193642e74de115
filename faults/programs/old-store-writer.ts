import { openDatabase } from '../../src/store/open.ts'

/**
 * Fills the state in the folder of its first argument as the first version of the program did, in that version's columns and
 * words, as often as its second argument says. To be started with that version's migrations alone.
 */
const [, , dir = '.', rounds = '10'] = process.argv
const db = openDatabase(dir)
const act = db.prepare('INSERT INTO inbox (key, queue, received_at, json, handled_at, reply) VALUES (?, ?, ?, ?, ?, ?)')
const event = db.prepare('INSERT INTO events (at, type, queue, json) VALUES (?, ?, ?, ?)')
const update = db.prepare('INSERT INTO updates (channel, id, received_at, json) VALUES (?, ?, ?, ?)')
const slot = db.prepare('INSERT INTO slots (channel, target, slot, message_id) VALUES (?, ?, ?, ?)')
const delivery = db.prepare(
  'INSERT INTO deliveries (channel, target, slot, state, created_at, json) VALUES (?, ?, ?, ?, ?, ?)',
)
for (let i = 0; i < Number(rounds); i++) {
  const isHandled = i % 4 !== 3
  const wish = { type: 'say', text: 'x'.repeat((i * 997) % 9_000) }
  const reply = JSON.stringify({ ok: true, text: 'Done.' })
  act.run(`act-${i}`, 'main', i, JSON.stringify({ wish }), isHandled ? i : null, isHandled ? reply : null)
  const note = { at: i, type: 'note', queue: 'main', text: `did ${i}` }
  event.run(note.at, note.type, note.queue, JSON.stringify(note))
  update.run('telegram', i, i, JSON.stringify({ update_id: i }))
  slot.run('telegram', '4711', `slot-${i}`, i)
  const shipment = { message: { html: `<b>${i}</b>`, plain: `${i}` }, replyTo: i }
  delivery.run('telegram', '4711', `slot-${i}`, 'waiting', i, JSON.stringify({ shipment, messageId: i }))
}
db.close()
