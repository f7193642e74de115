import { discordRows } from '../../faults/rows/discord.ts'
import { testRows } from './rows.ts'

testRows(discordRows)
