"""Serves a Roundup tracker on 127.0.0.1 (its own server refuses to run as root): `server.py TRACKER PORT`."""

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

from roundup.cgi.wsgi_handler import RequestDispatcher


class Server(ThreadingMixIn, WSGIServer):
    """A thread a request."""

    daemon_threads = True


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[2]), RequestDispatcher(sys.argv[1]), Server).serve_forever()
