export interface ServicePlace {
  /** The program that runs Baton, absolute. */
  node: string
  /** bin/baton.js, absolute. */
  program: string
  /** The folder of config.yaml, absolute. */
  home: string
  /** Where the daemon finds claude, git and the tools of the tasks. */
  path: string
}

/** What a task may have to write outside the user's own folder: nothing. */
const SANDBOX = `
# Everything but your own folder is read-only, and so is what starts automatically at your next login.
ProtectSystem=strict
ReadWritePaths=%h
ReadOnlyPaths=-%h/.ssh -%h/.profile -%h/.bashrc -%h/.bash_profile -%h/.zshrc -%h/.zprofile -%h/.config/systemd -%h/.config/autostart
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectProc=invisible
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
CapabilityBoundingSet=
`

/**
 * A unit for `systemctl --user` that keeps the daemon running. Not in it, because Claude and the tools of tasks need
 * it: MemoryDenyWriteExecute (Node compiles as it runs), RestrictNamespaces (sandboxes and browsers make namespaces),
 * a private network.
 *
 * @param sandbox whether the machine lets users shield their services (it needs user namespaces)
 * @param writable absolute folders outside the user's own that tasks work in
 */
export function systemdUnit(
  place: ServicePlace,
  { sandbox, writable = [] }: { sandbox: boolean; writable?: string[] },
): string {
  const more = sandbox && writable.length > 0 ? `ReadWritePaths=${writable.map(quoted).join(' ')}\n` : ''
  return `[Unit]
Description=Baton, which works through a to-do list with Claude Code
Documentation=https://www.npmjs.com/package/baton-tasks
StartLimitIntervalSec=300
StartLimitBurst=20

[Service]
Type=exec
WorkingDirectory=${place.home.replaceAll('%', '%%')}
ExecStart=${[place.node, place.program, 'start', '--home', place.home].map(inCommand).join(' ')}
Environment=${quoted(`PATH=${place.path}`)}
Restart=always
RestartSec=2
# 2: the configuration is wrong; starting again would not change it.
RestartPreventExitStatus=2
# The daemon stops Claude cleanly; systemd kills what is left after that.
KillMode=mixed
TimeoutStopSec=20
# A task that takes too much memory is ended, not the daemon.
OOMPolicy=continue

UMask=0077
NoNewPrivileges=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service @mount
SystemCallErrorNumber=EPERM
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
${sandbox ? SANDBOX + more : ''}
[Install]
WantedBy=default.target
`
}

/** One word of a unit file: spaces, quotes and `%` as themselves. */
function quoted(word: string): string {
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`
}

/** The same in a command line, where `$` would name a variable. */
const inCommand = (word: string): string => quoted(word).replaceAll('$', '$$$$')
