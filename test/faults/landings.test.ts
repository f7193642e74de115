import { landingsRow } from '../../faults/rows/landings.ts'
import { testRows } from './rows.ts'

testRows([landingsRow])
