"""Checks that this library and Python's huggingface_hub find in the cache what the other one stored.

    python check_hub_cache.py CLASSPATH

CLASSPATH is that of the tests of llm-adapt-local (target/test-classes, target/classes, and their dependencies). The hub is
a web server of this script: it answers as the hub does, as far as both clients ask. Needs the package huggingface_hub.
"""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

REPOSITORY = "org/model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = hashlib.sha256(b"seed").digest() * 40_000
FILES = {
    "config.json": b'{"model_type": "llama"}',
    "generation_config.json": b'{"eos_token_id": 2}',
    "tokenizer.json": b'{"version": "1.0"}',
    "tokenizer_config.json": b"{}",
    "special_tokens_map.json": b'{"eos_token": "x"}',
    "chat_template.jinja": b"{{ messages }}",
    "model.safetensors": WEIGHTS,
    "sub/model.gguf": b"GGUF" + WEIGHTS[:1000],
}
LFS = (".safetensors", ".gguf")
CHECKPOINT = [name for name in FILES if not name.startswith("sub/")]


def git_hash(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def described(name, key):
    content = FILES[name]
    file = {key: name, "size": len(content)}
    if name.endswith(LFS):
        lfs = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        lfs["oid"] = lfs["sha256"]
        return file | {"lfs": lfs, "blobId": git_hash(b"pointer"), "oid": git_hash(b"pointer"), "type": "file"}
    return file | {"blobId": git_hash(content), "oid": git_hash(content), "type": "file"}


class Hub(http.server.BaseHTTPRequestHandler):
    contents_sent = 0

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/api/models/" + REPOSITORY + "/tree/"):
            return self.send([described(name, "path") for name in FILES])
        if path.startswith("/api/models/" + REPOSITORY):
            siblings = [described(name, "rfilename") for name in FILES]
            return self.send({"_id": "x", "id": REPOSITORY, "modelId": REPOSITORY, "sha": COMMIT, "siblings": siblings})
        if path.startswith("/storage/"):
            return self.send(FILES[path.removeprefix("/storage/")])
        _, _, rest = path.partition("/resolve/")
        _, _, name = rest.partition("/")
        if name not in FILES:
            return self.send(b"", 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        content = FILES[name]
        headers = {"X-Repo-Commit": COMMIT}
        if not name.endswith(LFS):
            return self.send(content, 200, headers | {"ETag": f'"{git_hash(content)}"'})
        headers |= {"X-Linked-Etag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Linked-Size": str(len(content))}
        # Another host, as the hub's storage is one; both names are this machine's.
        port = self.server.server_address[1]
        return self.send(b"", 302, headers | {"Location": f"http://localhost:{port}/storage/{name}"})

    def send(self, content, status=200, headers={}):
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        elif self.command == "GET" and status == 200:
            Hub.contents_sent += 1
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


def java(classpath, environment, *arguments):
    command = ["java", "-cp", classpath, "dev.llmadapt.local.source.HubProcess", REPOSITORY, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().splitlines()[-1])


def python(environment, code):
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PYTHON_FINDS = f"""
from pathlib import Path
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache
from huggingface_hub.file_download import _CACHED_NO_EXIST
folder = Path(snapshot_download({REPOSITORY!r}, local_files_only=True))
assert folder.name == {COMMIT!r}, folder
for name in {CHECKPOINT!r}:
    found = try_to_load_from_cache({REPOSITORY!r}, name)
    assert isinstance(found, str) and Path(found).is_file(), (name, found)
    assert found == hf_hub_download({REPOSITORY!r}, name, local_files_only=True), found
assert try_to_load_from_cache({REPOSITORY!r}, "added_tokens.json") is _CACHED_NO_EXIST
assert try_to_load_from_cache({REPOSITORY!r}, "README.md") is None
info = scan_cache_dir()
assert not info.warnings, info.warnings
(repo,) = info.repos
(revision,) = repo.revisions
assert repo.repo_id == {REPOSITORY!r} and repo.repo_type == "model"
assert revision.commit_hash == {COMMIT!r} and revision.refs == frozenset(["main"]), revision
print(len(revision.files), revision.size_on_disk)
"""


def main(classpath):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as temporary:
        base = {
            "PATH": os.environ["PATH"],
            "HOME": temporary,
            "LLM_ADAPT_CACHE": temporary + "/own",
            "HF_ENDPOINT": endpoint,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        for links in ("0", "1"):
            words = "without links" if links == "1" else "with links"
            environment = base | {"HF_HOME": f"{temporary}/java-{links}", "HF_HUB_DISABLE_SYMLINKS": links}
            folder = java(classpath, environment)
            print(f"java stores, python finds ({words}):", python(environment, PYTHON_FINDS), "(files, bytes)")
            sent = Hub.contents_sent
            python(environment, f"import huggingface_hub as h; h.hf_hub_download({REPOSITORY!r}, 'model.safetensors')")
            assert Hub.contents_sent == sent, "Python fetched again what is there"
            assert (folder / "model.safetensors").read_bytes() == WEIGHTS

            environment = base | {"HF_HOME": f"{temporary}/python-{links}", "HF_HUB_DISABLE_SYMLINKS": links}
            python(environment, f"import huggingface_hub as h; h.snapshot_download({REPOSITORY!r})")
            offline = environment | {"HF_HUB_OFFLINE": "1"}
            folder = java(classpath, offline)
            assert (folder / "model.safetensors").read_bytes() == WEIGHTS
            assert java(classpath, offline, "sub/model.gguf").read_bytes() == FILES["sub/model.gguf"]
            print(f"python stores, java finds offline ({words}):", folder.relative_to(temporary))

        environment = base | {"HF_HOME": temporary + "/blob"}
        python(environment, f"import huggingface_hub as h; h.hf_hub_download({REPOSITORY!r}, 'model.safetensors')")
        sent = Hub.contents_sent
        java(classpath, environment)
        assert Hub.contents_sent == sent + len(CHECKPOINT) - 1, "Java fetched weights that are there"
        print("python stores one file, java completes the snapshot and fetches it not again")

        environment = base | {"HF_HOME": temporary + "/both"}
        code = f"import huggingface_hub as h; h.snapshot_download({REPOSITORY!r})"
        other = threading.Thread(target=python, args=(environment, code))
        other.start()
        java(classpath, environment)
        other.join()
        print("both at once:", python(environment, f"""
from huggingface_hub import scan_cache_dir, snapshot_download
from pathlib import Path
assert not scan_cache_dir().warnings
print((Path(snapshot_download({REPOSITORY!r}, local_files_only=True)) / "model.safetensors").stat().st_size)"""), "bytes")
        import huggingface_hub

        print("all as expected with huggingface_hub", huggingface_hub.__version__)


if __name__ == "__main__":
    main(sys.argv[1])
