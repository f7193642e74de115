# Baton with Claude Code and git. The tools that your tasks need (a compiler, a database client …) are yours to add:
#   FROM baton
#   USER root
#   RUN apt-get update && apt-get install --yes --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
#   USER node

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# Its package carries one program twice; only one of the two is taken over.
FROM node:24-slim AS claude
ARG CLAUDE_CODE_VERSION=2.1.330
RUN npm install --global --no-audit --no-fund "@anthropic-ai/claude-code@${CLAUDE_CODE_VERSION}" \
    && cp -L "$(command -v claude)" /usr/local/claude \
    && /usr/local/claude --version

FROM node:24-slim
LABEL org.opencontainers.image.title="Baton" \
      org.opencontainers.image.description="Works through a Markdown to-do list with Claude Code and asks you, on your phone, whenever it needs a decision" \
      org.opencontainers.image.licenses="MIT"

RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git tini \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir --mode=1777 /baton /claude \
    && printf '#!/bin/sh\nexec node /app/bin/baton.js "$@"\n' > /usr/local/bin/baton \
    && chmod 755 /usr/local/bin/baton

COPY --from=claude /usr/local/claude /usr/local/bin/claude
COPY --from=packages /app/node_modules /app/node_modules
COPY package.json LICENSE README.md CHANGELOG.md /app/
COPY bin /app/bin
COPY examples /app/examples
COPY src /app/src

# What Claude Code remembers, its log-in among it, stands in a volume; updates come with the image.
ENV NODE_ENV=production \
    HOME=/home/node \
    CLAUDE_CONFIG_DIR=/claude \
    DISABLE_AUTOUPDATER=1

USER node
# The folder of config.yaml, .env, the task files, the logs and the state.
WORKDIR /baton
VOLUME ["/baton", "/claude"]
EXPOSE 7077

# /health says 503 when the worker or the poller of the bot is dead.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 7077) + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# tini collects what dies without a parent; it passes the signal on to Baton alone, which ends Claude in good order.
ENTRYPOINT ["/usr/bin/tini", "--", "baton"]
CMD ["start"]
