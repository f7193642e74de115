import { diskFullRow } from '../../faults/rows/disk-full.ts'
import { migrationRow } from '../../faults/rows/migration.ts'
import { testRows } from './rows.ts'

testRows([diskFullRow, migrationRow])
