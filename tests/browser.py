"""A real Chromium on a real server: the doors of reup.asgi under uvicorn, in this process, on the test's database."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844), "narrow": (320, 640)}
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
            "1"  # playwright keeps a loop in this thread; the rows are the test's own
        )
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def live_url(django_db_setup) -> Iterator[str]:
    """Pages and sockets on a port of their own, for the whole session."""
    from reup.asgi import application

    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, lifespan="off", log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(chromium, transactional_db) -> Iterator[Page]:
    """A fresh page; whatever the browser complains of (errors, broken policies) fails the test."""
    with chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
        shown = context.new_page()
        complaints: list[str] = []
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        yield shown
        assert not [text for text in complaints if "status of 4" not in text], complaints


@pytest.fixture
def sign_in(live_url, client_of) -> Callable[[Page, object], None]:
    """Sign a person in without the form: for pages that are about something else."""

    def signed_in(shown: Page, user) -> None:
        client = client_of(user)
        cookie = client.cookies["sessionid"].value
        shown.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_url}])

    return signed_in


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """`accessible(page)`: axe finds nothing serious on it as it stands, at rest: on a busy machine a colour may still
    be on its way when the page is there."""

    def check(shown: Page) -> None:
        for _ in range(3):
            if not (serious := _serious(shown)):
                return
            time.sleep(0.5)
        raise AssertionError(serious)

    return check


def _serious(shown: Page) -> list[tuple]:
    # Without "preload" axe does not copy imported sheets into the page, which our policy forbids it.
    found = Axe().run(shown, options={"preload": False}).response["violations"]
    return [
        (rule["id"], rule["impact"], [node["html"][:200] for node in rule["nodes"][:3]])
        for rule in found
        if rule["impact"] in SERIOUS
    ]


def until(question: Callable[[], object], seconds: float = 10) -> object:
    """Ask again until the answer is true. Playwright's own waiting is refused by our policy against eval."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError("It did not come true in time.")
