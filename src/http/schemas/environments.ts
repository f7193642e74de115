import { z } from 'zod'
import { timestamp } from './common.ts'

/** One deployment, as it is or as it ended. */
const deployment = z.object({
  id: z.string(),
  session_id: z.string(),
  kind: z.enum(['deploy', 'rollback']),
  sha: z.string(),
  branch: z.string(),
  /** `deploying`, `live`, `rolled-back` … */
  step: z.string(),
  by: z.string(),
  approved_by: z.array(z.string()),
  started_at: z.iso.datetime(),
  ended_at: timestamp,
  /** The release that it would go back to. */
  previous: z.string().nullable(),
  why: z.string().nullable(),
  /** Why it was started in a freeze. */
  break_glass: z.string().nullable(),
})

export const environmentList = z.object({
  environments: z.array(
    z.object({
      name: z.string(),
      /** The machine that runs the project's pipelines, where that is another one. */
      machine: z.string().optional(),
      project: z.string(),
      /** False: config.yaml no longer has it. */
      is_configured: z.boolean(),
      /** Patterns of branches that are deployed there; none: all. */
      branches: z.array(z.string()),
      /** Roles that approve a deployment there; none: it needs no person. */
      approve: z.array(z.string()),
      /** Where people see what runs there. */
      url: z.string().nullable(),
      /** One line: what runs, and what does not. */
      summary: z.string(),
      runs: z
        .object({ sha: z.string(), release: z.string().nullable(), since: z.iso.datetime(), by: z.string() })
        .nullable(),
      is_red: z.boolean(),
      /** The commit that should run and does not. */
      missing: z.object({ sha: z.string(), since: z.iso.datetime(), why: z.string() }).nullable(),
      locked: z.string().nullable(),
      frozen: z.object({ why: z.string(), by: z.string(), until: timestamp }).nullable(),
      /** Commits that would go out next: they wait for an approval, or for their turn. */
      waiting: z.array(
        z.object({ session_id: z.string(), sha: z.string(), branch: z.string(), is_asked: z.boolean() }),
      ),
      deployments: z.array(deployment),
    }),
  ),
  /** Machines that did not answer. */
  machines_away: z.array(z.string()).optional(),
})
