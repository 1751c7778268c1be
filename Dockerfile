# One image for every command of the product: migrate, server, worker.
# slim and not alpine: Temporal's native library wants glibc. By digest, so that a build next year is of the same bytes;
# docs/deployment.md says how the digests are renewed.
ARG NODE_IMAGE=node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY tools ./tools
COPY packages/client/package.json ./packages/client/package.json
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY packages ./packages
COPY src ./src
RUN npx tsc -p packages/client && npx tsc -p tsconfig.build.json && node dist/temporal/workflow-bundle.js && rm dist/*.tsbuildinfo

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY tools ./tools
COPY packages/client/package.json ./packages/client/package.json
RUN npm ci --omit=dev && npm cache clean --force

FROM ${NODE_IMAGE}
# The system's certificates: Temporal's native library checks Temporal Cloud's with them, and slim has none.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/packages/client/dist ./packages/client/dist
COPY package.json ./
# Templates and styles are read from the source folder.
COPY src/http/pages ./src/http/pages
COPY src/languages ./src/languages
COPY examples/meeting.json ./examples/meeting.json
COPY docker/health.mjs ./health.mjs
USER node
EXPOSE 3000 9464
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["server"]
# Of the server; docker-compose.yml has the worker's. A command that ends by itself needs none.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["node", "health.mjs", "http://127.0.0.1:3000/readyz"]
