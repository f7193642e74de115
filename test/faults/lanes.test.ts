import { lanesRow } from '../../faults/rows/lanes.ts'
import { testRows } from './rows.ts'

testRows([lanesRow])
