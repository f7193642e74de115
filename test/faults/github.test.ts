import { gitHubRow } from '../../faults/rows/github.ts'
import { injectionsRow } from '../../faults/rows/injections.ts'
import { webhooksRow } from '../../faults/rows/webhooks.ts'
import { testRows } from './rows.ts'

testRows([gitHubRow, injectionsRow, webhooksRow])
