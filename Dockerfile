# One image for every process: web, worker, follower, scheduler, engine. compose.yaml shows which command is which.
FROM python:3.13-slim-trixie

# LLVM makes the engine's tracer several times faster.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libllvm19 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 openhouse

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
COPY . .

# Static files are part of the image; everything that changes lies under /data.
ENV PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/app/static \
    DATA_DIR=/data \
    HOST=0.0.0.0
RUN DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build \
    && mkdir /data \
    && chown openhouse /data
USER openhouse
VOLUME /data
EXPOSE 8000

CMD ["python", "-m", "uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--timeout-graceful-shutdown", "8"]
