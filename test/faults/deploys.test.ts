import { deploysRow } from '../../faults/rows/deploys.ts'
import { testRows } from './rows.ts'

testRows([deploysRow])
