import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type OwnFiles, ownFiles } from '../../src/protect/own-files.ts'

/** A home with everything of Baton's in it, that is the project as well. */
export interface Place {
  dir: string
  own: OwnFiles
  write: (path: string, text: string) => string
}

export function place({ project = '.' }: { project?: string } = {}): Place {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-protect-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
    return join(dir, path)
  }
  write('.env', 'TELEGRAM_BOT_TOKEN=1:secret\n')
  write('.env.local', 'X=1\n')
  write('.baton/baton.db', 'rows')
  write('.baton/api-token', 'token\n')
  write('.baton/inbox/photo.png', 'picture')
  write('config.yaml', 'retries: 0\n')
  write('logs/run/1.log', 'log')
  write('tasks/a.md', '- [ ] Add tests\n')
  write('pipelines/ship.md', '## Ship\n')
  write('prompts/review.md', 'Be kind.\n')
  write('node_modules/baton-tasks/bin/baton.js', '//')
  write('src/app.ts', 'export {}')
  write('.git/HEAD', 'ref: refs/heads/main\n')
  const own = ownFiles({
    home: dir,
    stateDir: join(dir, '.baton'),
    logsDir: join(dir, 'logs'),
    program: join(dir, 'node_modules/baton-tasks'),
    projects: [join(dir, project)],
    readable: [join(dir, '.baton/inbox')],
    lanes: {
      dir: join(dir, '.baton/worktrees/main'),
      own: join(dir, '.baton/worktrees/main/baton-tree-1'),
      main: dir,
    },
    taskFiles: ['tasks/*.md'],
  })
  return { dir, own, write }
}
