"""The WSGI application; `config.asgi` runs it in a pool of threads behind the layer that holds waiting requests."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
