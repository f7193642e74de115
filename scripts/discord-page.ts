import { readFileSync } from 'node:fs'
import { type DiscordConversation, discordPage } from './chat-page/discord.ts'

/** Prints a conversation of the stand-in of Discord as a page that looks like it: `node scripts/discord-page.ts FILE > page.html` */
const [file = '-', zone = 'UTC'] = process.argv.slice(2)
process.stdout.write(
  discordPage(JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as DiscordConversation, zone),
)
