import { withEntities } from '../text/inert/entities.ts'
import type { ServicePlace } from './systemd-unit.ts'

export const LAUNCHD_LABEL = 'tasks.baton.daemon'

/** A property list for `launchctl` that keeps the daemon running while its user is logged in. */
export function launchdPlist({ node, program, home, path }: ServicePlace): string {
  const words = [node, program, 'start', '--home', home].map((word) => `    <string>${withEntities(word)}</string>`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>WorkingDirectory</key>
  <string>${withEntities(home)}</string>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    <string>${withEntities(path)}</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>20</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardErrorPath</key>
  <string>${withEntities(home)}/logs/daemon.err</string>
</dict>
</plist>
`
}
