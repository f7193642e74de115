import { powerCutRow } from '../../faults/rows/power-cut.ts'
import { testRows } from './rows.ts'

testRows([powerCutRow])
