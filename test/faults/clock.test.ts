import { clockRow } from '../../faults/rows/clock-jumps.ts'
import { testRows } from './rows.ts'

testRows([clockRow])
