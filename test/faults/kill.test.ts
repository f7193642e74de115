import { killRow } from '../../faults/rows/kill.ts'
import { testRows } from './rows.ts'

testRows([killRow])
