import type { Config, EnvironmentConfig } from './types.ts'

/** An environment of the configuration, with the queue that deploys to it. */
export interface PlacedEnvironment {
  queue: string
  /** What a machine listens to that deploys there, where several could. */
  source: string
  environment: Pick<EnvironmentConfig, 'name' | 'branches' | 'approve' | 'url'>
}

/** Every environment that the configuration names, in its order. */
export const environmentsIn = ({ projects }: Pick<Config, 'projects'>): PlacedEnvironment[] =>
  projects.flatMap(({ name, pipelines }) =>
    pipelines?.queue === name
      ? Object.values(pipelines.environments).map((environment) => ({
          ...{ queue: name, source: pipelinesName(pipelines.project), environment },
        }))
      : [],
  )

/** The pipelines of a project, as the machines that share them call what one of them listens to. */
export const pipelinesName = (project: string): string => `pipelines:${project}`
