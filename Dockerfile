# Loopline in one image: built as a wheel, run without root. Settings are mounted at /etc/loopline, the embedded profile's files at /var/lib/loopline.

FROM python:3.12-slim AS build
WORKDIR /source
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --prefix /install -r requirements.lock
COPY pyproject.toml README.md ./
COPY hub hub
COPY master_data master_data
COPY mappings mappings
COPY connectors connectors
RUN PYTHONPATH=/install/lib/python3.12/site-packages pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip install --no-cache-dir --no-deps --prefix /install /wheels/*.whl

FROM python:3.12-slim
COPY --from=build /install /usr/local
RUN useradd --system --uid 10001 --home-dir /var/lib/loopline --create-home loopline
USER loopline
WORKDIR /var/lib/loopline
ENV LOOPLINE_CONFIG=/etc/loopline/loopline.yaml PYTHONUNBUFFERED=1
EXPOSE 8080
VOLUME ["/var/lib/loopline"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/live', timeout=4)"]
ENTRYPOINT ["hub"]
CMD ["run", "--log", "json"]
