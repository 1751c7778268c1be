# One image for every command of the product: migrate, server, worker, and the sandbox HubSpot.
# slim and not alpine: Temporal's native library wants glibc.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY sandbox ./sandbox
RUN npm run build

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
# Templates and styles are read from the source folders.
COPY src/http/pages ./src/http/pages
COPY sandbox/pages ./sandbox/pages
# The sandbox keeps its CRM here.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000 9464
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["server"]
