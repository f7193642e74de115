/** A life that is ended by kill -9: things happen, and are told to a receiver. Arguments: folder, address. */
import { openHouse } from './house.ts'

const [dir = '', url = ''] = process.argv.slice(2)
const house = openHouse(dir)
house.tell([{ url, format: 'json' }], { timeoutMs: 100 })
let n = house.store.read.lastEventSeq()
setInterval(() => {
  for (let i = 0; i < 3; i++) house.happen('note', { text: `event ${++n}` })
}, 3)
