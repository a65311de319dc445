#!/usr/bin/python3
"""Takes mail on port 1025 and shows it on port 8025, with the part of Mailpit's HTTP API that tests use. Keeps everything in memory.

Settings: MP_SMTP_BIND_ADDR, MP_UI_BIND_ADDR, MP_MAX_MESSAGES, MP_SMTP_AUTH_ACCEPT_ANY, MP_SMTP_AUTH_ALLOW_INSECURE; others are refused.
`mailpit readyz` tells by its exit code whether the one on this machine is ready; `mailpit version` what this is.
"""

import email
import email.policy
import email.utils
import json
import os
import secrets
import shlex
import signal
import socket
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from re import sub

VERSION = "stand-in for Mailpit"
SETTINGS = {
    "MP_SMTP_BIND_ADDR": "[::]:1025",
    "MP_UI_BIND_ADDR": "[::]:8025",
    "MP_MAX_MESSAGES": "500",
    "MP_SMTP_AUTH_ACCEPT_ANY": "",
    "MP_SMTP_AUTH_ALLOW_INSECURE": "",
}


def setting(name):
    return os.environ.get(name) or SETTINGS[name]


def bind_address(name):
    """Host and port; an empty host means every address, IPv4 and IPv6."""
    host, _, port = setting(name).rpartition(":")
    return host.strip("[]").replace("::", ""), int(port)


def addresses(headers):
    pairs = email.utils.getaddresses([str(header) for header in headers])
    return [{"Name": name, "Address": address} for name, address in pairs if address]


def text_of(part):
    try:
        return part.get_content()
    except LookupError:
        # a character set that nobody knows
        return part.get_payload(decode=True).decode("latin-1")


class Message:
    """A message as it came, and what the API says of it."""

    def __init__(self, raw, sender, recipients, username):
        self.id = secrets.token_urlsafe(16).replace("-", "x").replace("_", "y")
        self.raw, self.username, self.read = raw, username, False
        self.created = datetime.now(timezone.utc)
        self.parsed = parsed = email.message_from_bytes(raw, policy=email.policy.default)
        self.sender = (addresses(parsed.get_all("From", [])) or [{"Name": "", "Address": sender}])[0]
        self.return_path = sender
        self.to, self.cc, self.reply_to = (addresses(parsed.get_all(name, [])) for name in ("To", "Cc", "Reply-To"))
        named = {entry["Address"].lower() for entry in [*self.to, *self.cc]}
        # who got it without being named in it
        self.bcc = [{"Name": "", "Address": to} for to in recipients if to.lower() not in named]
        self.subject = str(parsed.get("Subject", ""))
        self.message_id = str(parsed.get("Message-ID", "")).strip("<> ")
        self.tags = [tag.strip() for tag in str(parsed.get("X-Tags", "")).split(",") if tag.strip()]
        self.text, self.html, self.files = "", "", []
        for number, part in enumerate(parsed.walk(), start=0 if parsed.is_multipart() else 1):
            self.add_part(str(number), part)

    def add_part(self, number, part):
        if part.is_multipart():
            return
        kind, name = part.get_content_type(), part.get_filename()
        inside = part.get_content_disposition() != "attachment" and name is None
        if inside and kind in ("text/plain", "text/html"):
            content = text_of(part)
            if kind == "text/plain":
                self.text += content
            else:
                self.html += content
            return
        content = part.get_payload(decode=True) or b""
        content_id = str(part.get("Content-ID", "")).strip("<> ")
        self.files.append((number, name or "", kind, content_id, content))

    def file_list(self, inline):
        return [
            {"PartID": number, "FileName": name, "ContentType": kind, "ContentID": content_id, "Size": len(content)}
            for number, name, kind, content_id, content in self.files
            if bool(content_id) == inline
        ]

    def readable(self):
        return self.text or unescape(sub(r"<[^>]+>", " ", sub(r"(?is)<(style|script).*?</\1>", " ", self.html)))

    def common(self):
        return {
            "ID": self.id,
            "MessageID": self.message_id,
            "From": self.sender,
            "To": self.to,
            "Cc": self.cc,
            "Bcc": self.bcc,
            "ReplyTo": self.reply_to,
            "Subject": self.subject,
            "Tags": self.tags,
            "Username": self.username,
            "Size": len(self.raw),
        }

    def summary(self):
        created = self.created.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        snippet = " ".join(self.readable().split())[:250]
        return {**self.common(), "Read": self.read, "Created": created, "Attachments": len(self.files), "Snippet": snippet}

    def full(self):
        try:
            date = email.utils.parsedate_to_datetime(str(self.parsed["Date"]))
        except (TypeError, ValueError):
            date = self.created
        return {
            **self.common(),
            "ReturnPath": self.return_path,
            "Date": date.isoformat().replace("+00:00", "Z"),
            "Text": self.text,
            "HTML": self.html,
            "Attachments": self.file_list(inline=False),
            "Inline": self.file_list(inline=True),
            "ListUnsubscribe": {"Header": "", "Links": [], "Errors": "", "HeaderPost": ""},
        }

    def matches(self, query):
        """Mailpit's search: words, "phrases", to:, from:, subject: and so on; - or ! turns a term around."""
        try:
            terms = shlex.split(query.replace("'", "\\'"))
        except ValueError:
            terms = query.split()
        return all(self.matches_term(term.lstrip("-!").lower()) != (term[:1] in "-!") for term in terms)

    def matches_term(self, term):
        def people(*lists):
            return " ".join(f"{entry['Name']} {entry['Address']}" for entries in lists for entry in entries).lower()

        places = {
            "to": lambda: people(self.to),
            "from": lambda: people([self.sender]),
            "cc": lambda: people(self.cc),
            "bcc": lambda: people(self.bcc),
            "reply-to": lambda: people(self.reply_to),
            "addressed": lambda: people([self.sender], self.to, self.cc, self.bcc, self.reply_to),
            "subject": lambda: self.subject.lower(),
            "message-id": lambda: self.message_id.lower(),
        }
        field, colon, value = term.partition(":")
        if colon and field in places:
            return value in places[field]()
        if colon and field == "tag":
            return value in [tag.lower() for tag in self.tags]
        states = {"is:read": self.read, "is:unread": not self.read, "is:tagged": bool(self.tags), "has:attachment": bool(self.files)}
        if term in states:
            return states[term]
        everyone = people([self.sender], self.to, self.cc, self.bcc)
        return term in " ".join([self.subject, everyone, self.readable(), *(name for _, name, *_ in self.files)]).lower()


class Mailbox:
    """The messages, newest first."""

    def __init__(self, limit):
        self.limit, self.messages, self.lock = limit, [], threading.Lock()

    def add(self, message):
        with self.lock:
            self.messages.insert(0, message)
            if self.limit > 0:
                del self.messages[self.limit :]

    def find(self, id):
        with self.lock:
            return next((message for message in self.messages if id in ("latest", message.id)), None)

    def matching(self, query):
        with self.lock:
            return [message for message in self.messages if message.matches(query)]

    def remove(self, wanted):
        with self.lock:
            self.messages = [message for message in self.messages if not wanted(message)]


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mailbox = None

    def log_message(self, *_):
        pass

    def answer(self, content, kind="text/plain; charset=utf-8", status=200):
        body = content if isinstance(content, bytes) else content.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_json(self, value):
        self.answer(json.dumps(value), "application/json")

    def missing(self, text="404 page not found"):
        self.answer(text, status=404)

    def body(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(raw) if raw.strip() else {}

    def route(self):
        url = urllib.parse.urlsplit(self.path)
        query = {name: values[-1] for name, values in urllib.parse.parse_qs(url.query).items()}
        return [urllib.parse.unquote(part) for part in url.path.strip("/").split("/")], query

    def listing(self, found, query):
        start, limit = int(query.get("start", 0)), int(query.get("limit", 50))
        everything = self.mailbox.matching("")
        unread = sum(not message.read for message in found)
        self.answer_json(
            {
                "total": len(everything),
                "unread": sum(not message.read for message in everything),
                "count": len(found[start : start + limit]),
                "messages_count": len(found),
                "messages_unread": unread,
                "start": start,
                "tags": sorted({tag for message in everything for tag in message.tags}),
                "messages": [message.summary() for message in found[start : start + limit]],
            }
        )

    def do_GET(self):
        path, query = self.route()
        match path:
            case ["livez"] | ["readyz"]:
                self.answer("ok")
            case ["api", "v1", "info"]:
                found = self.mailbox.matching("")
                self.answer_json({"Version": VERSION, "Messages": len(found), "Unread": sum(not one.read for one in found)})
            case ["api", "v1", "messages"]:
                self.listing(self.mailbox.matching(""), query)
            case ["api", "v1", "search"]:
                self.listing(self.mailbox.matching(query.get("query", "")), query)
            case ["api", "v1", "message", id, *rest]:
                self.message(self.mailbox.find(id), rest)
            case ["view", name]:
                id, _, form = name.rpartition(".")
                message = self.mailbox.find(id)
                if message is None or form not in ("txt", "html"):
                    self.missing()
                elif form == "txt":
                    self.answer(message.text)
                else:
                    self.answer(message.html, "text/html; charset=utf-8")
            case [""]:
                rows = "\n".join(f"{one.created:%H:%M:%S}  {one.id}  {one.subject}" for one in self.mailbox.matching(""))
                self.answer(f"{VERSION}: no user interface, only its API under /api/v1/\n\n{rows}\n")
            case _:
                self.missing()

    do_HEAD = do_GET

    def message(self, message, rest):
        if message is None:
            return self.missing("message not found")
        match rest:
            case []:
                message.read = True
                self.answer_json(message.full())
            case ["raw"]:
                self.answer(message.raw)
            case ["headers"]:
                headers = {}
                for name, value in message.parsed.items():
                    headers.setdefault(name, []).append(str(value))
                self.answer_json(headers)
            case ["part", number]:
                found = next((file for file in message.files if file[0] == number), None)
                if found is None:
                    self.missing("part not found")
                else:
                    self.answer(found[4], found[2])
            case _:
                self.missing()

    def do_DELETE(self):
        path, query = self.route()
        match path:
            case ["api", "v1", "messages"]:
                wanted = self.body().get("IDs") or []
                self.mailbox.remove(lambda message: not wanted or message.id in wanted)
                self.answer("ok")
            case ["api", "v1", "search"]:
                self.mailbox.remove(lambda message: message.matches(query.get("query", "")))
                self.answer("ok")
            case _:
                self.missing()

    def do_PUT(self):
        if self.route()[0] != ["api", "v1", "messages"]:
            return self.missing()
        change = self.body()
        wanted = change.get("IDs") or []
        for message in self.mailbox.matching(""):
            if not wanted or message.id in wanted:
                message.read = bool(change.get("Read"))
        self.answer("ok")


class ApiServer(ThreadingHTTPServer):
    daemon_threads = True
    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() and not bind_address("MP_UI_BIND_ADDR")[0] else socket.AF_INET

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def smtp(mailbox):
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult

    # Mailpit takes lines of any length, where the RFC ends them at 1000: templates of mails in HTML have longer ones.
    SMTP.line_length_limit = 2**24

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            username = (session.auth_data or b"").decode() if session.authenticated else ""
            mailbox.add(Message(envelope.content, envelope.mail_from or "", envelope.rcpt_tos, username))
            return "250 2.0.0 Ok: queued"

    def accept(server, session, envelope, mechanism, data):
        return AuthResult(success=True, auth_data=getattr(data, "login", b""))

    accepting = bool(setting("MP_SMTP_AUTH_ACCEPT_ANY"))
    host, port = bind_address("MP_SMTP_BIND_ADDR")
    controller = Controller(
        Handler(),
        hostname=host,
        port=port,
        data_size_limit=0,
        enable_SMTPUTF8=True,
        ident="Mailpit ESMTP Service ready",
        authenticator=accept if accepting else None,
        auth_require_tls=not (accepting and setting("MP_SMTP_AUTH_ALLOW_INSECURE")),
    )
    controller.start()
    return controller


def readyz():
    host, port = bind_address("MP_UI_BIND_ADDR")
    try:
        urllib.request.urlopen(f"http://{host or '127.0.0.1'}:{port}/readyz", timeout=2)
    except (OSError, urllib.error.URLError) as error:
        sys.exit(f"not ready: {error}")


def serve():
    unknown = [name for name in os.environ if name.startswith("MP_") and name not in SETTINGS]
    if unknown:
        sys.exit(f"{VERSION}: {', '.join(unknown)} is not served by it; it reads {', '.join(SETTINGS)}")
    Api.mailbox = Mailbox(int(setting("MP_MAX_MESSAGES")))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    controller = smtp(Api.mailbox)
    # after SMTP: whoever is told that this is ready may send
    server = ApiServer(bind_address("MP_UI_BIND_ADDR"), Api)
    print(f"{VERSION}: SMTP on {setting('MP_SMTP_BIND_ADDR')}, API on {setting('MP_UI_BIND_ADDR')}", flush=True)
    try:
        server.serve_forever()
    finally:
        controller.stop()


match sys.argv[1:]:
    case []:
        serve()
    case ["readyz"]:
        readyz()
    case ["version"]:
        print(VERSION)
    case other:
        sys.exit(f"{VERSION}: unknown argument {other[0]}")
