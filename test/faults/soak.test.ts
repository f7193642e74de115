import { soakRow } from '../../faults/rows/soak.ts'
import { testRows } from './rows.ts'

testRows([soakRow])
