import { cheatsRow } from '../../faults/rows/cheats.ts'
import { testRows } from './rows.ts'

testRows([cheatsRow])
