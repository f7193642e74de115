import type { Row } from './row.ts'
import { agentRow } from './rows/agent.ts'
import { answersRow } from './rows/answers.ts'
import { channelRows } from './rows/channels.ts'
import { cheatsRow } from './rows/cheats.ts'
import { clockRow } from './rows/clock-jumps.ts'
import { deploysRow } from './rows/deploys.ts'
import { diskFullRow } from './rows/disk-full.ts'
import { gitHubRow } from './rows/github.ts'
import { injectionsRow } from './rows/injections.ts'
import { killRow } from './rows/kill.ts'
import { landingsRow } from './rows/landings.ts'
import { lanesRow } from './rows/lanes.ts'
import { machinesRow } from './rows/machines.ts'
import { marksRow } from './rows/marks.ts'
import { migrationRow } from './rows/migration.ts'
import { powerCutRow } from './rows/power-cut.ts'
import { secretsRow } from './rows/secrets.ts'
import { soakRow } from './rows/soak.ts'
import { stormsRow } from './rows/storms.ts'
import { surfacesRow } from './rows/surfaces.ts'
import { taskFilesRow } from './rows/task-files.ts'
import { telegramAwayRow } from './rows/telegram-away.ts'
import { twoRunnersRow } from './rows/two-runners.ts'
import { webhooksRow } from './rows/webhooks.ts'

/** Every row of the harness, by its number in docs/faults.md. */
export const ROWS: readonly Row[] = [
  killRow,
  powerCutRow,
  diskFullRow,
  twoRunnersRow,
  taskFilesRow,
  marksRow,
  webhooksRow,
  telegramAwayRow,
  stormsRow,
  agentRow,
  clockRow,
  answersRow,
  secretsRow,
  migrationRow,
  soakRow,
  landingsRow,
  lanesRow,
  gitHubRow,
  injectionsRow,
  deploysRow,
  machinesRow,
  cheatsRow,
  ...channelRows,
  surfacesRow,
]
