import { agentRow } from '../../faults/rows/agent.ts'
import { testRows } from './rows.ts'

testRows([agentRow])
