import { describe, it } from 'vitest'
import { canRecord } from '../../faults/disk/record.ts'
import { powerCutRow } from '../../faults/rows/power-cut.ts'
import { testRows } from './rows.ts'

if (canRecord()) testRows([powerCutRow])
else describe('row 2, power cuts', () => it.skip('needs strace, which is not here or not allowed', () => undefined))
