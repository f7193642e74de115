import { stormsRow } from '../../faults/rows/storms.ts'
import { telegramAwayRow } from '../../faults/rows/telegram-away.ts'
import { testRows } from './rows.ts'

testRows([telegramAwayRow, stormsRow])
