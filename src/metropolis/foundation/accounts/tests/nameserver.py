"""A name server on this machine that answers TXT questions, for tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

MOST_BYTES = 4096


@contextmanager
def name_server(texts: dict[str, list[str]]) -> Iterator[str]:
    """Serve `texts` (name → TXT records) while the context lasts; gives its `address:port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(listening, texts), daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        try:
            yield f"127.0.0.1:{port}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", ("127.0.0.1", port))
            thread.join()


def _serve(listening: socket.socket, texts: dict[str, list[str]]) -> None:
    while True:
        data, asker = listening.recvfrom(MOST_BYTES)
        if not data:
            return
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name = question.question[0].name
        known = texts.get(name.to_text(omit_final_dot=True))
        if known is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif known:
            quoted = [f'"{text}"' for text in known]
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", dns.rdatatype.TXT, quoted))
        listening.sendto(answer.to_wire(), asker)
