# One image for every command of the product: migrate, server, worker.
# slim and not alpine: Temporal's native library wants glibc.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npx tsc -p tsconfig.build.json

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
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
COPY package.json ./
# Templates and styles are read from the source folder.
COPY src/http/pages ./src/http/pages
USER node
EXPOSE 3000 9464
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["server"]
