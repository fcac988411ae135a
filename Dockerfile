# syntax=docker/dockerfile:1

# The console.
FROM --platform=$BUILDPLATFORM node:20-bookworm-slim AS console
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

# The binary, static, with the console in it. VERSION is what it calls itself.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS binary
ARG VERSION=dev
ARG TARGETOS
ARG TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=console /src/frontend/dist/ frontend/dist/
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.version=$VERSION" -o /out/roundhouse ./cmd/roundhouse
# What an empty image lacks: a writable /data, and the authorities that upstreams' certificates are checked by.
RUN mkdir -p /out/data /out/etc/ssl/certs && chown 65532:65532 /out/data && chmod 700 /out/data \
    && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/

# Nothing else: no shell, no package, no root. It runs with a read-only root as long as /data can be written.
FROM scratch
COPY --from=binary /out/ /
USER 65532:65532
# Bodies above 1 MiB lie in temporary files while they are sent: on the volume rather than in memory.
ENV DATA_DIR=/data TMPDIR=/data
VOLUME /data
EXPOSE 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 CMD ["/roundhouse", "healthcheck"]
ENTRYPOINT ["/roundhouse"]
