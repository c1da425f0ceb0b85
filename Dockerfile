# pmsync as a container: `docker run ... sync` once, or `docker run ... serve`; see
# docs/deploy/container.md. Any base with Python 3.11+, venv and apt does: --build-arg BASE=...
ARG BASE=docker.io/library/python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/venv
COPY requirements-daemon.lock requirements-build.lock ./
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
      --only-binary :all: --require-hashes -r requirements-daemon.lock \
 && python3 -m venv /opt/build \
 && /opt/build/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
      --only-binary :all: --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY syncer syncer
COPY adapters adapters
COPY config config
RUN /opt/build/bin/python -m hatchling build --target wheel --directory /tmp/wheel \
 && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
      --no-deps --no-index /tmp/wheel/*.whl \
 && /opt/venv/bin/python -m pip uninstall --yes --quiet pip

FROM ${BASE}
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends git ca-certificates \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
# /repo belongs to whoever mounts it; git would refuse it as somebody else's. Git's own
# credentials may be mounted as a file, in the form of git-credential-store: one address a
# line, and none of them is sent to another host. It is only read.
RUN git config --system safe.directory '*' \
 && git config --system credential.helper \
      '!f() { test "$1" = get && git credential-store --file=/run/secrets/git-credentials get; }; f' \
 && install -d -o 10001 -g 10001 /var/lib/pmsync
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATE_DIRECTORY=/var/lib/pmsync \
    PMSYNC_LISTEN=0.0.0.0:8080
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="pmsync" \
      org.opencontainers.image.description="Keep post-mortem action items and tracker tickets in step" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /repo
USER 10001:10001
EXPOSE 8080
# Of the daemon. A pass that is made once ends before anybody would ask three times.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["pmsync", "serve", "--check"]
ENTRYPOINT ["pmsync"]
CMD ["--help"]
