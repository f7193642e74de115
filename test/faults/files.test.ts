import { marksRow } from '../../faults/rows/marks.ts'
import { taskFilesRow } from '../../faults/rows/task-files.ts'
import { twoRunnersRow } from '../../faults/rows/two-runners.ts'
import { testRows } from './rows.ts'

testRows([twoRunnersRow, taskFilesRow, marksRow])
