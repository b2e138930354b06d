# One image for worker and gateway: `docker build -t durable-edits .`; the command says which it is.
# The Python that the tests run on. Pin it by digest where you build for production.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements.lock ./
# What the lock does not name, or names with another hash, is not installed; nothing is compiled.
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-compile \
    --only-binary :all: --require-hashes --no-deps -r requirements.lock
COPY durable_edits ./durable_edits
COPY activities ./activities
COPY workflows ./workflows
COPY gateway ./gateway
COPY worker.py LICENSE ./
# A read-only file system keeps no bytecode: without it every start compiles everything.
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash -j 0 /opt/venv/lib /app

FROM ${PYTHON}
# The only folder that is written, and only where catalog or documents are kept in it.
RUN groupadd --gid 10001 edits \
    && useradd --uid 10001 --gid edits --no-create-home --home-dir /var/lib/edits --shell /usr/sbin/nologin edits \
    && install -d -o edits -g edits /var/lib/edits
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    EDITS_HOME=/var/lib/edits \
    EDITS_HOST=0.0.0.0 \
    EDITS_PORT=8000
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# Of the gateway; a worker says `python worker.py` and has no port unless EDITS_METRICS gives it one.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"EDITS_PORT\"]}/healthz', timeout=3)"]
CMD ["python", "-m", "gateway"]
