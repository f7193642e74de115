import { surfacesRow } from '../../faults/rows/surfaces.ts'
import { testRows } from './rows.ts'

testRows([surfacesRow])
