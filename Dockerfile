# One image for web, worker, beat and migrate (docs/deploy.md). Python 3.11: the version that every test runs on.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=hubportal.settings \
    HUBPORTAL_VAR=/srv/hubportal \
    HUBPORTAL_FILES=/srv/hubportal/files

# The number is fixed: private files and backups belong to it, in every image to come.
RUN groupadd --gid 10001 hubportal \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin hubportal \
    && install -d -o hubportal -g hubportal -m 700 /srv/hubportal/files

# What WeasyPrint draws with; the fonts are our own.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
COPY . ./

# The settings ask for these to be set; none is a secret, none stays in the image, nothing is connected to.
RUN HUBPORTAL_DEMO=1 HUBPORTAL_HTTPS=0 REDIS_URL=redis://nowhere DATABASE_URL=postgres://nobody@nowhere/none \
    HUBPORTAL_SECRET_KEY=only-while-the-image-is-built-and-nowhere-else-0000000000 \
    python manage.py collectstatic --noinput --verbosity 0
RUN python -m compileall -q .

USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "deploy.healthy", "http://127.0.0.1:8000/healthz"]
CMD ["gunicorn", "hubportal.wsgi", "--bind", "0.0.0.0:8000", "--no-control-socket", "--workers", "3", \
     "--threads", "8", "--graceful-timeout", "25", "--keep-alive", "75"]
