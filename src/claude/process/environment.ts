/** Marks Claude's process and everything it starts with the attempt it belongs to. */
export const ATTEMPT_MARK = 'BATON_ATTEMPT'

/** In its place for a Claude that only looks, and belongs to no attempt. */
export const LOOK_MARK = 'look'

/** Never for Claude, whatever the configuration names. */
const SECRET =
  /^(TELEGRAM_.*|WEBHOOK_SECRET|API_TOKEN|GH_TOKEN|GITHUB_TOKEN|GITHUB_API_URL|GITHUB_WEBHOOK_SECRET|N8N_NOTIFY_URL)$/

/** What any program of the user's expects to find. */
const ORDINARY = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TERM', 'TZ', 'TMPDIR', 'SSH_AUTH_SOCK'],
  ...['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
]

/** What Claude logs in with, and switches of its own that the user set on purpose. */
const CLAUDES_OWN = [
  ...['CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_CODE_SKIP_BEDROCK_AUTH', 'CLAUDE_CODE_SKIP_VERTEX_AUTH'],
  ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY', 'CLOUD_ML_REGION'],
  ...['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLAUDE_CODE_MAX_RETRIES'],
  ...[
    'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
    'DISABLE_TELEMETRY',
    'DISABLE_ERROR_REPORTING',
    'DISABLE_AUTOUPDATER',
  ],
  'IS_SANDBOX',
]

/** Locale, cloud credentials and regions, and the rehearsal agent's journal. */
const FAMILIES = /^(LC_|ANTHROPIC_|AWS_|VERTEX_REGION_|BATON_REHEARSAL_)/

/**
 * The whole environment of Claude's process: an allow list, so that neither a secret of Baton's nor a variable of a
 * Claude that Baton itself was started from gets in.
 *
 * @param extraNames further names the user lists in `claude.env`
 * @param secretNames names that never pass, beside those fixed here; they win over `extraNames`
 */
export function claudeEnvironment(
  parentEnv: Readonly<Record<string, string | undefined>>,
  extraNames: readonly string[] = [],
  secretNames: readonly string[] = [],
): Record<string, string> {
  const allowed = new Set([...ORDINARY, ...CLAUDES_OWN, ...extraNames])
  const refused = new Set(secretNames)
  const chosen = Object.entries(parentEnv).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (allowed.has(entry[0]) || FAMILIES.test(entry[0])) &&
      !refused.has(entry[0]) &&
      !SECRET.test(entry[0]),
  )
  const env = Object.fromEntries(chosen)
  if (env.PATH !== undefined) env.PATH = withoutNpmsPath(env.PATH, parentEnv.npm_package_json)
  // Tasks run one after another: work that Claude puts into the background would outlive its task.
  return { ...env, CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' }
}

/** The whole environment of code that strangers wrote: nothing that a person logs in with, anywhere. `HOME` is an empty folder. */
export function strangersEnvironment(
  parentEnv: Readonly<Record<string, string | undefined>>,
  home: string,
): Record<string, string> {
  const names = ['LANG', 'LANGUAGE', 'TERM', 'TZ', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS']
  const chosen = Object.entries(parentEnv).filter(([name]) => names.includes(name) || name.startsWith('LC_'))
  const path = withoutNpmsPath(parentEnv.PATH ?? '/usr/local/bin:/usr/bin:/bin', parentEnv.npm_package_json)
  return { ...(Object.fromEntries(chosen) as Record<string, string>), PATH: path, HOME: home }
}

/**
 * `npm run` puts the folders of Baton's own packages in front of PATH; Claude would run Baton's `node` and `tsc` in the
 * user's project. They are taken off again.
 */
function withoutNpmsPath(path: string, packageJson: string | undefined): string {
  if (packageJson === undefined) return path
  const home = packageJson.slice(0, Math.max(packageJson.lastIndexOf('/'), packageJson.lastIndexOf('\\')))
  const separator = home.includes('\\') ? ';' : ':'
  const added = (entry: string): boolean => {
    const bin = /^(.*)[/\\]node_modules[/\\]\.bin$/.exec(entry)
    if (bin?.[1] !== undefined)
      return home === bin[1] || home.startsWith(`${bin[1]}/`) || home.startsWith(`${bin[1]}\\`)
    return /[/\\]node-gyp-bin$/.test(entry)
  }
  return path
    .split(separator)
    .filter((entry) => !added(entry))
    .join(separator)
}
