"""A headless Chromium, driven through chromedriver by nothing but the standard library.

    with Browser(width=1280, height=900) as browser:
        browser.open("page.html")
        browser.run("return document.title")
"""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


class Browser:
    def __init__(self, width, height):
        self._profile = tempfile.mkdtemp(prefix="wrcor_browser_")
        port_file = os.path.join(self._profile, "driver.log")
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0", f"--log-path={port_file}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._address = f"http://127.0.0.1:{self._port()}"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--force-device-scale-factor=1", f"--user-data-dir={self._profile}/profile",
                 f"--window-size={width},{height}"]
        capabilities = {"alwaysMatch": {
            "goog:chromeOptions": {"args": flags},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}
        session = self._call("POST", "/session", {"capabilities": capabilities})
        self._session = "/session/" + session["sessionId"]
        self.requests = []
        self.complaints = []

    def _port(self):
        for line in self._driver.stdout:
            if "started successfully on port" in line:
                return int(line.rstrip().rstrip(".").rsplit(" ", 1)[1])
        raise RuntimeError("chromedriver did not start")

    def _call(self, method, path, body=None):
        request = urllib.request.Request(
            self._address + path, method=method, headers={"Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def _post(self, path, body):
        return self._call("POST", self._session + path, body)

    def open(self, path):
        self._post("/url", {"url": pathlib.Path(path).resolve().as_uri()})
        self.collect()

    def run(self, script, *arguments):
        return self._post("/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, seconds=20):
        """Until the script's value is true."""
        end = time.monotonic() + seconds
        while not (value := self.run(script)):
            if time.monotonic() > end:
                raise AssertionError(f"never came true: {script}")
            time.sleep(0.05)
        return value

    def devtools(self, command, **parameters):
        return self._post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def emulate(self, width=None, height=900, dark=False, paper=False):
        """@param width of the window, in pixels; None: as the browser was started"""
        if width is not None:
            self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                          deviceScaleFactor=1, mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia", media="print" if paper else "",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def click_at(self, x, y, to=None):
        """A real click at a place of the window, or a drag from there to another."""
        move = {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}
        steps = [move, {"type": "pointerDown", "button": 0}]
        if to:
            steps.append({"type": "pointerMove", "duration": 50, "x": round(to[0]), "y": round(to[1])})
        steps.append({"type": "pointerUp", "button": 0})
        self._post("/actions", {"actions": [{
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}]})

    def point_at(self, x, y):
        """Moves the mouse to a place of the window."""
        self._post("/actions", {"actions": [{
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
            "actions": [{"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}]}]})

    def press(self, key):
        self._post("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}]})

    def collect(self):
        """Takes in what the page has asked for and complained of since the last time."""
        for entry in self._post("/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
        for entry in self._post("/se/log", {"type": "browser"}):
            self.complaints.append(f"{entry['level']}: {entry['message']}")

    def printed(self):
        """The page on paper, as PDF."""
        return base64.b64decode(self._post("/print", {}))

    def screenshot(self):
        """What the window shows, as PNG."""
        return base64.b64decode(self._call("GET", self._session + "/screenshot"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", self._session)
        finally:
            self._driver.terminate()
            self._driver.wait()
            shutil.rmtree(self._profile, ignore_errors=True)
