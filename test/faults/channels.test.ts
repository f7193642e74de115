import { channelRows } from '../../faults/rows/channels.ts'
import { testRows } from './rows.ts'

testRows(channelRows)
