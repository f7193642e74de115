import { answersRow } from '../../faults/rows/answers.ts'
import { secretsRow } from '../../faults/rows/secrets.ts'
import { testRows } from './rows.ts'

testRows([answersRow, secretsRow])
