/** Ways in which a process gets away from who started it; each leaves `sleep SECONDS` behind with nothing in its environment. */
export const ESCAPES: Record<string, (seconds: string) => string> = {
  'a session of its own and a clean environment': (s) => `env -i /usr/bin/setsid -f /bin/sleep ${s}`,
  'two forks': (s) => `env -i /bin/sh -c '(/bin/sleep ${s} &) ; exit' &`,
  nohup: (s) => `env -u BATON_ATTEMPT nohup sleep ${s} > /dev/null 2>&1 &`,
  'a daemon in Python': (s) =>
    `env -i PATH="$PATH" HOME="$HOME" python3 -c '
import os, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
os.chdir("/"); os.closerange(0, 256)
os.execv("/bin/sleep", ["sleep", "${s}"])'`,
  'a daemon in Perl': (s) =>
    `env -i /usr/bin/perl -MPOSIX -e 'exit if fork; setsid(); exit if fork; close STDOUT; exec "/bin/sleep", "${s}"'`,
}

/** A number of seconds that no other process of this machine sleeps for. */
export const ownSeconds = (): string => `3${Math.floor(Math.random() * 1e8)}`
