import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ENV = {
  ...{ PATH: process.env.PATH ?? '', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  ...{ GIT_AUTHOR_NAME: 'Dora', GIT_AUTHOR_EMAIL: 'dora@example.org' },
  ...{ GIT_COMMITTER_NAME: 'Dora', GIT_COMMITTER_EMAIL: 'dora@example.org' },
}

/**
 * What is deployed to, and the witness: each command writes what it does before it does it. A commit whose app.txt is not "ok" is
 * red. `deploy` may be told to be slow, so that it is killed half-way. Another one is under way when its process lives and is the one
 * that was noted: `kill -0` succeeds for a killed one, too, until the system has collected it (2 s, in some containers).
 */
const SCRIPT = `#!/bin/sh
w="$LIVE/witness"
# The state of a process and its start, which no later process of the same id has.
look() {
  if [ -r /proc/self/stat ]; then { sed 's/^.*) //' "/proc/$1/stat" | cut -d ' ' -f 1,20; } 2>/dev/null
  else ps -p "$1" -o state=,lstart=; fi
}
case "$1" in
deploy|rollback)
  # In a session of its own, with nothing of its environment and nobody above it: it outlives a shell that is killed.
  if [ -f "$LIVE/away" ] && [ "$2" != there ]; then
    over="$LIVE/over-$1-$DEPLOYMENT_ID"
    env -i PATH="$PATH" LIVE="$LIVE" DEPLOYMENT_ID="$DEPLOYMENT_ID" SHA="$SHA" PREVIOUS_SHA="$PREVIOUS_SHA" \\
      setsid -f sh ship.sh "$1" there
    while [ ! -f "$over" ]; do sleep 0.05; done
    exit 0
  fi
  if read -r pid began 2>/dev/null < "$LIVE/pid"; then
    now=$(look "$pid")
    case "$now" in ''|Z*|X*) ;; *" $began")
      echo "overlap $DEPLOYMENT_ID $pid ($now): $(ps -p "$pid" -o ppid=,args=)" >> "$w" ;;
    esac
  fi
  me=$(look $$)
  echo "$$ \${me#* }" > "$LIVE/pid"
  to=$SHA; [ "$1" = rollback ] && to=$PREVIOUS_SHA
  echo "$1 $DEPLOYMENT_ID $to" >> "$w"
  # One that got away has to be there still when the next Baton is.
  if [ "$2" = there ]; then sleep 2; elif [ -f "$LIVE/slow" ]; then sleep 0.4; fi
  git show "$to:app.txt" > "$LIVE/app.txt" && echo "$to" > "$LIVE/sha"
  rm -f "$LIVE/pid"
  echo "done $DEPLOYMENT_ID $to" >> "$w"
  touch "$LIVE/over-$1-$DEPLOYMENT_ID" ;;
check)
  [ "$(cat "$LIVE/sha" 2>/dev/null)" = "$SHA" ] && [ "$(cat "$LIVE/app.txt")" = ok ] || exit 1
  echo "green $DEPLOYMENT_ID $SHA" >> "$w" ;;
esac
`
const CONFIG = `project: project
http: {enabled: false}
roles: {ops: [telegram:42, telegram:43]}
environments:
  production:
    branches: [main]
    approve: [ops]
    not_requester: true
    deploy: sh ship.sh deploy
    check: ['sh ship.sh check $SHA']
    rollback: sh ship.sh rollback
    env: [LIVE]
pipelines: {poll: 1s}
`
const PIPELINE = `---
on: {push: [main]}
---
## Ship
**Deploy:** production
`

/** A line of the witness. */
export interface Witnessed {
  what: 'deploy' | 'rollback' | 'done' | 'green' | 'overlap' | 'approved' | 'wrong' | 'life'
  /** Of the deployment; of what was approved its commit; of a Baton that has begun its process. */
  id: string
  /** Of an overlap the other process instead: its id, state and start, its parent and its command. */
  sha: string
}

/** A home with a remote, and something to deploy to. */
export interface DeployHouse {
  home: string
  live: string
  push: (isGood: boolean) => void
  /** Says the newest commit. */
  headFile: string
  witness: () => Witnessed[]
  runs: () => string
  slow: () => void
  /** Whether deployments get away from the shell that was started. */
  away: (is: boolean) => void
  remove: () => void
}

export function buildDeployHouse(): DeployHouse {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-deploys-')))
  const [remote, clone, home, live] = ['remote.git', 'dev', 'home', 'live'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ]
  for (const folder of [home, live, join(home, 'pipelines')]) mkdirSync(folder, { recursive: true })
  const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, env: ENV, encoding: 'utf8' }).trim()
  git(dir, 'init', '-q', '--bare', '-b', 'main', remote)
  git(dir, 'init', '-q', '-b', 'main', clone)
  git(clone, 'remote', 'add', 'origin', remote)
  writeFileSync(join(clone, 'ship.sh'), SCRIPT)
  const headFile = join(live, 'head')
  let pushes = 0
  const push = (isGood: boolean) => {
    writeFileSync(join(clone, 'app.txt'), isGood ? 'ok\n' : 'broken\n')
    writeFileSync(join(clone, 'push.txt'), `${++pushes}\n`)
    git(clone, 'add', '-A')
    git(clone, 'commit', '-q', '-m', `Push ${pushes}`)
    git(clone, 'push', '-q', 'origin', 'main')
    writeFileSync(headFile, git(clone, 'rev-parse', 'HEAD'))
  }
  push(true)
  git(home, 'clone', '-q', remote, 'project')
  writeFileSync(join(home, 'config.yaml'), CONFIG)
  writeFileSync(join(home, '.env'), `LIVE=${live}\n`)
  chmodSync(join(home, '.env'), 0o600)
  writeFileSync(join(home, 'pipelines/ship.md'), PIPELINE)
  const read = (name: string) => (existsSync(join(live, name)) ? readFileSync(join(live, name), 'utf8').trim() : '')
  return {
    ...{ home, live, push, headFile },
    witness: () =>
      read('witness')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [what, id = '', ...sha] = line.split(' ')
          return { what, id, sha: sha.join(' ') } as Witnessed
        }),
    runs: () => read('sha'),
    slow: () => writeFileSync(join(live, 'slow'), ''),
    away: (is) => (is ? writeFileSync(join(live, 'away'), '') : rmSync(join(live, 'away'), { force: true })),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  }
}
